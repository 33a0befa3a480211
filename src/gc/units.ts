import { GctopError } from '../error.js';

declare const unit: unique symbol;

/** A number that says what it counts. Made only by the constructors below, which check. */
export type Unit<Name extends string> = number & { readonly [unit]: Name };

/** A point in time, in nanoseconds since the session's origin (never since 1970), or a length of time. */
export type Nanos = Unit<'ns'>;
export type Bytes = Unit<'byte'>;
/** Pages of the Go runtime, 8 KiB each on every platform (runtime/sizeclasses.go, _PageShift). */
export type Pages = Unit<'runtime page'>;
/** The collector's own measure of marking: about one unit a byte scanned (runtime/mgcpacer.go). */
export type WorkUnits = Unit<'scan work'>;

/** How many bytes one runtime page has. */
export const bytesPerPage = 8192;

/** A point in time; negative before the session's origin. Throws `INTERNAL` unless it is a safe integer. */
export function nanos(value: number): Nanos {
  if (!Number.isSafeInteger(value)) throw notA('time in nanoseconds', value);
  return value as Nanos;
}

/** A length of time, >= 0. */
export const durationNs = (value: number): Nanos => nonNegative('duration in nanoseconds', value) as Nanos;
export const bytes = (value: number): Bytes => nonNegative('count of bytes', value) as Bytes;
export const pages = (value: number): Pages => nonNegative('count of pages', value) as Pages;
export const workUnits = (value: number): WorkUnits => nonNegative('amount of scan work', value) as WorkUnits;

function nonNegative(what: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw notA(what, value);
  return value;
}

function notA(what: string, value: number): GctopError {
  return new GctopError('INTERNAL', `'${value}' is not a ${what}`);
}
