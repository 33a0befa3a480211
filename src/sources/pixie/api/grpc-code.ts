/** The codes of google.rpc that mean something here. */
export const grpcCode = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

/** A code by its name, for a person: `failed precondition`. */
export function codeWord(code: number): string {
  const name = Object.entries(grpcCode).find(([, value]) => value === code)?.[0];
  return name === undefined ? `code ${code}` : name.toLowerCase().replaceAll('_', ' ');
}

/** What Go puts before the text of an error that is passed on: `rpc error: code = NotFound desc = `. */
const prefix = /^rpc error: code = (\w+) desc = /;

/** The text itself, however often it was passed on. */
export function withoutPrefix(message: string): string {
  let text = message;
  while (prefix.test(text)) text = text.replace(prefix, '');
  return text;
}

/** The code that the innermost prefix names. */
export function codeOf(message: string): number | undefined {
  let found: number | undefined;
  let text = message;
  for (let match = prefix.exec(text); match !== null; match = prefix.exec(text)) {
    found = byGoName.get((match[1] ?? '').toLowerCase()) ?? found;
    text = text.slice(match[0].length);
  }
  return found;
}

const byGoName: ReadonlyMap<string, number> = new Map([
  ...Object.entries(grpcCode).map(([name, code]) => [name.toLowerCase().replaceAll('_', ''), code] as const),
  ['canceled', grpcCode.CANCELLED] as const, // Go's spelling
]);
