/** Figures as fixed-width text: a digit's place never moves. `-` at the right edge is "not known". */

/** `18.1 ms`, ` 112 µs`, `1m40s`: three digits and the unit, 7 columns. */
export const duration = (ns: number | undefined): string => field(ns, 7, durationText);

/** A stop in a column of stops: whole microseconds below one millisecond, so that these compare by length. 7 columns. */
export const stopDuration = (ns: number | undefined): string =>
  field(ns, 7, (value) => (value < 999_500 ? `${Math.round(value / 1000)} µs` : durationText(value)));

/** `50.3 MiB`, ` 512 KiB`, `1023 KiB`: binary units, 8 columns. */
export const byteSize = (size: number | undefined): string => field(size, 8, bytesText);

/** `96.5 MiB/s`: 10 columns. */
export const byteRate = (perSecond: number | undefined): string =>
  field(perSecond, 10, (value) => `${bytesText(value)}/s`);

/** `24.7 k`, ` 312`: a count of at most three digits with k, M, G; 6 columns. */
export const bigCount = (value: number | undefined): string => field(value, 6, bigCountText);

/** ` 3.97/s`, below one in ten seconds `1 in 42s`: 7 columns, 8 with a period of two digits. */
export const cycleRate = (perSecond: number | undefined): string => field(perSecond, 7, cycleRateText);

/** `1,842`. */
export const count = (value: number | undefined): string =>
  known(value) ? Math.round(value).toString().replace(thousands, ',') : '-';

/** ` 2.0 %`, `  44 %`, `<0.1 %`: a share of 0 to 1 in two digits, 6 columns. */
export const share = (ratio: number | undefined): string => field(ratio, 6, shareText);

/** `97.6 %`, ` 102 %`: a share in three digits, 6 columns. */
export const fineShare = (ratio: number | undefined): string =>
  field(ratio, 6, (value) => `${value < 0.9995 ? (value * 100).toFixed(1) : Math.round(value * 100)} %`);

/** `0.040 %`: a small share in two digits after its zeros, 7 columns. */
export const smallShare = (ratio: number | undefined): string => field(ratio, 7, smallShareText);

/** `0.24 %`, `<0.01 %`: a share of one core. */
export function coreShare(ratio: number): string {
  const percent = ratio * 100;
  if (percent === 0) return '0 %';
  return percent < 0.005 ? '<0.01 %' : `${threeDigits(percent)} %`;
}

/** `4.03`, `87.5`, `4,300`: hits a second. */
export const hitRate = (perSecond: number): string =>
  perSecond < 99.95 ? threeDigits(perSecond) : count(perSecond);

/** `0.91`, `14.3`: 4 columns. */
export const ratio = (value: number | undefined): string => field(value, 4, threeDigits);

/** Three digits: `9.81`, `18.1`, `156`. */
export function threeDigits(value: number): string {
  if (value === 0) return '0';
  if (value < 9.995) return value.toFixed(2);
  return value < 99.95 ? value.toFixed(1) : value.toFixed(0);
}

/** A unit of bytes by its name and size. */
export interface ByteUnit {
  readonly name: string;
  readonly size: number;
}

/** The unit in which an amount has at most three digits (1000 to 1023 keep four). */
export function byteUnit(size: number): ByteUnit {
  let unit = smallestUnit;
  for (const larger of byteUnits) if (size / unit.size >= 1023.5) unit = larger;
  return unit;
}

/** The length of the charts' window: `8 s`, `5.5 s`, `1m50s`. */
export function windowLength(ns: number): string {
  return ns < 99.5e9 ? `${Number((ns / 1e9).toPrecision(2))} s` : clockText(Math.round(ns / 1e9));
}

const thousands = /\B(?=(\d{3})+$)/g;
const smallestUnit: ByteUnit = { name: 'B', size: 1 };
const byteUnits: readonly ByteUnit[] = [
  smallestUnit,
  { name: 'KiB', size: 2 ** 10 },
  { name: 'MiB', size: 2 ** 20 },
  { name: 'GiB', size: 2 ** 30 },
  { name: 'TiB', size: 2 ** 40 },
];

const known = (value: number | undefined): value is number => value !== undefined && Number.isFinite(value);

function field(value: number | undefined, width: number, text: (value: number) => string): string {
  return (known(value) ? text(Math.max(0, value)) : '-').padStart(width);
}

function durationText(ns: number): string {
  if (ns >= 99.95e9) return clockText(Math.round(ns / 1e9));
  if (ns < 999.5) return `${Math.round(ns)} ns`;
  if (ns < 999.5e3) return `${threeDigits(ns / 1e3)} µs`;
  if (ns < 999.5e6) return `${threeDigits(ns / 1e6)} ms`;
  return `${threeDigits(ns / 1e9)} s`;
}

function clockText(seconds: number): string {
  const two = (value: number): string => Math.floor(value).toString().padStart(2, '0');
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${two(seconds % 60)}s`;
  const hours = seconds / 3600;
  if (hours < 24) return `${Math.floor(hours)}h${two((seconds % 3600) / 60)}m`;
  return `${Math.floor(hours / 24)}d${two(hours % 24)}h`;
}

function bytesText(size: number): string {
  const { name, size: unit } = byteUnit(size);
  return `${unit === 1 ? Math.round(size) : threeDigits(size / unit)} ${name}`;
}

function bigCountText(value: number): string {
  if (value < 999.5) return threeDigits(value);
  if (value < 999.5e3) return `${threeDigits(value / 1e3)} k`;
  return value < 999.5e6 ? `${threeDigits(value / 1e6)} M` : `${threeDigits(value / 1e9)} G`;
}

function cycleRateText(perSecond: number): string {
  if (perSecond === 0) return '0/s';
  if (perSecond >= 0.0995) return `${perSecond < 99.995 ? perSecond.toFixed(2) : Math.round(perSecond)}/s`;
  const seconds = Math.round(1 / perSecond);
  return seconds < 100 ? `1 in ${seconds}s` : `1 in ${Math.round(seconds / 60)}m`;
}

function shareText(ratio: number): string {
  const percent = ratio * 100;
  if (percent === 0) return '0 %';
  if (percent < 0.1) return '<0.1 %';
  return `${percent < 9.95 ? percent.toFixed(1) : percent.toFixed(0)} %`;
}

function smallShareText(ratio: number): string {
  const percent = ratio * 100;
  if (percent === 0 || percent >= 0.0995) return shareText(ratio);
  return percent < 0.001 ? '<.001 %' : `${percent.toFixed(3)} %`;
}
