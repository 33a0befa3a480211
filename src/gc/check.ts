import {
  type Bytes,
  bytes,
  durationNs,
  type Nanos,
  nanos,
  type Pages,
  pages,
  type WorkUnits,
  workUnits,
} from './units.js';

/**
 * Turns a value from outside into a typed one, or throws a Mismatch. `path` says where the value stands
 * (`events[0].atNs`).
 */
export type Check<Value> = (value: unknown, path: string) => Value;

/** A check of a field that may be missing. */
export interface Optional<Value> {
  readonly optional: Check<Value>;
}

/** A value from outside is not what it must be. */
export class Mismatch extends Error {
  readonly path: string;
  readonly expected: string;

  constructor(path: string, value: unknown, expected: string, options?: ErrorOptions) {
    super(`${path === '' ? 'it' : `'${path}'`} is ${shown(value)}, expected ${expected}`, options);
    this.name = 'Mismatch';
    this.path = path;
    this.expected = expected;
  }
}

/** The check of each field of a record: the compiler proves that none is forgotten and none invented. */
export type Fields<Value> = {
  readonly [Key in keyof Value]-?: Record<never, never> extends Pick<Value, Key>
    ? Optional<Exclude<Value[Key], undefined>>
    : Check<Value[Key]>;
};

/** A record with these fields; what else it has is left out, so that a later writer may say more. */
export function record<Value extends object>(fields: Fields<Value>): Check<Value> {
  const table: [string, Check<unknown> | Optional<unknown>][] = Object.entries(fields);
  return (value, path) => {
    const given = objectOf(value, path);
    const checked: Record<string, unknown> = {};
    for (const [name, field] of table) {
      const fieldPath = path === '' ? name : `${path}.${name}`;
      if (typeof field === 'function') checked[name] = field(own(given, name), fieldPath);
      else if (Object.hasOwn(given, name)) checked[name] = field.optional(given[name], fieldPath);
    }
    // Every field of Value was checked above: Fields holds them all.
    return checked as Value;
  };
}

export const optional = <Value>(check: Check<Value>): Optional<Value> => ({ optional: check });

/** One of a closed set of words or numbers. */
export function oneOf<const Choice extends string | number>(...choices: readonly Choice[]): Check<Choice> {
  return (value, path) => {
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined)
      throw new Mismatch(path, value, `one of ${choices.map((each) => `'${each}'`).join(', ')}`);
    return choice;
  };
}

/** Either a word or what the other check accepts. */
export const wordOr = <const Word extends string, Value>(
  word: Word,
  check: Check<Value>,
): Check<Word | Value> => {
  return (value, path) => (value === word ? word : check(value, path));
};

export function arrayOf<Value>(check: Check<Value>): Check<readonly Value[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw new Mismatch(path, value, 'a list');
    return value.map((item: unknown, index) => check(item, `${path}[${index}]`));
  };
}

/** A record of any names. */
export function dictionaryOf<Value>(check: Check<Value>): Check<Readonly<Record<string, Value>>> {
  return (value, path) =>
    Object.fromEntries(
      Object.entries(objectOf(value, path)).map(([name, item]) => [name, check(item, `${path}.${name}`)]),
    );
}

export const text: Check<string> = (value, path) => {
  if (typeof value !== 'string') throw new Mismatch(path, value, 'a text');
  return value;
};

export const flag: Check<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw new Mismatch(path, value, 'true or false');
  return value;
};

/** Any finite number. */
export const figure: Check<number> = (value, path) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Mismatch(path, value, 'a number');
  return value;
};

export const count: Check<number> = (value, path) => wholeFrom(0, value, { path, expected: 'a count' });
export const time: Check<Nanos> = (value, path) =>
  nanos(wholeFrom(Number.MIN_SAFE_INTEGER, value, { path, expected: 'a time in whole nanoseconds' }));
export const duration: Check<Nanos> = (value, path) =>
  durationNs(wholeFrom(0, value, { path, expected: 'a duration in whole nanoseconds' }));
export const byteCount: Check<Bytes> = (value, path) =>
  bytes(wholeFrom(0, value, { path, expected: 'a count of bytes' }));
export const pageCount: Check<Pages> = (value, path) =>
  pages(wholeFrom(0, value, { path, expected: 'a count of pages' }));
export const workCount: Check<WorkUnits> = (value, path) =>
  workUnits(wholeFrom(0, value, { path, expected: 'an amount of scan work' }));

/** The record that a value from outside is. */
export function objectOf(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (!isObject(value)) throw new Mismatch(path, value, 'an object');
  return value;
}

/** A field of its own, never one that every object has. */
export const own = (value: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(value, name) ? value[name] : undefined;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wholeFrom(
  least: number,
  value: unknown,
  { path, expected }: { readonly path: string; readonly expected: string },
): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least) {
    throw new Mismatch(path, value, expected);
  }
  return value;
}

/** Enough of a value to recognise it. */
function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  const whole = JSON.stringify(pruned(value, shownLength));
  return `'${whole.length > shownLength ? `${whole.slice(0, shownLength - 1)}~` : whole}'`;
}

const shownLength = 40;

/** Without what is not shown anyway: each level and each item takes a character. Nesting has no limit of its own. */
function pruned(value: unknown, levels: number): unknown {
  if (typeof value === 'string') return value.slice(0, shownLength);
  if (levels === 0) return 0;
  if (Array.isArray(value)) return value.slice(0, shownLength).map((item) => pruned(item, levels - 1));
  if (!isObject(value)) return value;
  const fields = Object.entries(value).slice(0, shownLength);
  return Object.fromEntries(
    fields.map(([name, item]) => [name.slice(0, shownLength), pruned(item, levels - 1)]),
  );
}

/** A stretch of time, in ns. */
export interface Span {
  readonly fromNs: number;
  readonly toNs: number;
}

/** A record whose end does not come before its begin. */
export function inOrder<Value>(check: Check<Value>, spanOf: (value: Value) => Span): Check<Value> {
  return (value, path) => {
    const checked = check(value, path);
    if (!isSafeSpan(spanOf(checked))) throw new Mismatch(path, value, 'its end after its begin');
    return checked;
  };
}

export function isSafeSpan({ fromNs, toNs }: Span): boolean {
  return toNs >= fromNs && Number.isSafeInteger(toNs - fromNs);
}

export function hasKey<Table extends object>(table: Table, key: PropertyKey): key is keyof Table {
  return Object.hasOwn(table, key);
}
