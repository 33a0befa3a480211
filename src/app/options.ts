import { GctopError } from '../error.js';

/** How an option's argument is read. */
export type OptionKind = 'flag' | 'integer' | 'number' | 'text' | 'choice';

/** One row of the table from which parsing, `--help` and the README's check are made. */
export interface OptionSpec {
  readonly name: keyof Options;
  readonly short?: string;
  readonly kind: OptionKind;
  /** What the argument is called in the help. */
  readonly argument?: string;
  readonly choices?: readonly string[];
  readonly range?: readonly [number, number];
  readonly default?: string | number | boolean;
  readonly help: string;
}

/** What the user asked for, checked. Absent: not given. */
export interface Options {
  readonly pid?: number;
  readonly gctrace?: string;
  readonly json?: boolean;
  readonly lines?: boolean;
  readonly record?: string;
  readonly seconds?: number;
  readonly rate?: number;
  readonly traffic?: string;
  readonly probes?: boolean;
  readonly speed?: number;
  readonly color?: 'auto' | 'always' | 'never';
  readonly ascii?: boolean;
  readonly mouse?: boolean;
}

const maxPid = 2 ** 22;

export const optionTable: readonly OptionSpec[] = [
  {
    name: 'pid',
    short: 'p',
    kind: 'integer',
    argument: 'PID',
    range: [1, maxPid],
    help: 'watch the Go process with this id',
  },
  {
    name: 'gctrace',
    kind: 'text',
    argument: 'FILE',
    help: 'watch what GODEBUG=gctrace=1 prints: a file, followed while it grows, or - for stdin',
  },
  {
    name: 'json',
    kind: 'flag',
    help: 'write the stream to stdout as NDJSON, one message a line, and draw no screen',
  },
  {
    name: 'lines',
    kind: 'flag',
    help: 'write each cycle to stdout as its GODEBUG=gctrace=1 line, and draw no screen',
  },
  {
    name: 'record',
    kind: 'text',
    argument: 'FILE',
    help: 'write the stream to FILE as well, for gctop replay; an existing one is replaced',
  },
  {
    name: 'seconds',
    kind: 'number',
    argument: 'N',
    range: [0.1, 31_536_000],
    help: 'end by itself after N seconds',
  },
  {
    name: 'rate',
    kind: 'number',
    argument: 'R',
    range: [0, 200],
    help: 'send R requests a second by itself (to the demo service, or to --traffic)',
  },
  {
    name: 'traffic',
    kind: 'text',
    argument: 'URL',
    help: 'where the traffic keys send requests: a service with the endpoints of the demo',
  },
  {
    name: 'probes',
    kind: 'flag',
    default: true,
    help: 'place no probe, read memory only',
  },
  {
    name: 'speed',
    kind: 'number',
    argument: 'FACTOR',
    range: [0.1, 100],
    default: 1,
    help: 'how fast a recording is replayed',
  },
  {
    name: 'color',
    kind: 'choice',
    argument: 'WHEN',
    choices: ['auto', 'always', 'never'],
    default: 'auto',
    help: 'colour: always, never, or auto by NO_COLOR, COLORTERM and TERM',
  },
  { name: 'ascii', kind: 'flag', help: 'draw with ASCII characters only' },
  { name: 'mouse', kind: 'flag', default: true, help: 'leave the mouse to the terminal' },
];

/** How an option is written: a flag that is on by default is written as its negation. */
export function optionFlags(spec: OptionSpec): string {
  const long = spec.kind === 'flag' && spec.default === true ? `--no-${spec.name}` : `--${spec.name}`;
  const named = spec.argument === undefined ? long : `${long} <${spec.argument}>`;
  return spec.short === undefined ? named : `-${spec.short}, ${named}`;
}

/** Reads one option's argument. Throws `USAGE` naming the option, the value and what was expected. */
export function parseOption(spec: OptionSpec, text: string): string | number {
  const wrong = (expected: string) =>
    new GctopError('USAGE', `'--${spec.name} ${text}': expected ${expected}`, { hint: 'see gctop --help' });
  if (spec.kind === 'text') {
    if (text === '') throw wrong(`a ${spec.argument}`);
    return text;
  }
  if (spec.kind === 'choice') {
    if (!spec.choices?.includes(text)) throw wrong(`one of ${spec.choices?.join(', ')}`);
    return text;
  }
  const value = text.trim() === '' ? Number.NaN : Number(text);
  const [low, high] = spec.range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const whole = spec.kind === 'integer';
  if (Number.isNaN(value) || value < low || value > high || (whole && !Number.isInteger(value))) {
    throw wrong(`a ${whole ? 'whole ' : ''}number from ${low} to ${high}`);
  }
  return value;
}
