/**
 * What in a line's prefix names its program: all but the time. `[pod/a/app] 2026-01-02T03:04:05Z ` is `[pod/a/app]`.
 * Undefined for what no collector of logs writes: text of the program itself, without a line end.
 */
export function programKey(prefix: string): string | undefined {
  if (prefix !== '' && !/\s$/.test(prefix)) return undefined;
  return times
    .reduce((rest, time) => rest.replace(time, ' '), prefix)
    .replace(/\s+/g, ' ')
    .trim();
}

/** ISO 8601 and that of Go's log package; syslog's; the kernel's; a time alone. */
const times: readonly RegExp[] = [
  /\d{4}[-/]\d{2}[-/]\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d+)?(?:Z|[+-]\d{2}:?\d{2})?/g,
  /\b[A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2}(?:\.\d+)?/g,
  /\[ *\d+\.\d+\]/g,
  /\b\d{2}:\d{2}:\d{2}(?:[.,]\d+)?/g,
];
