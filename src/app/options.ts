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
  /** The help of its negation, of a flag whose default is neither always. */
  readonly negated?: string;
}

/** What the user asked for, checked. Absent: not given. */
export interface Options {
  readonly pid?: number;
  readonly pod?: string;
  readonly kubernetes?: boolean;
  readonly context?: string;
  readonly container?: string;
  readonly port?: number;
  readonly pixieCloud?: string;
  readonly pixieCluster?: string;
  readonly pixieCa?: string;
  readonly pixieInsecure?: boolean;
  readonly pixieDirect?: string;
  readonly pixiePlaintext?: boolean;
  readonly gctrace?: string;
  readonly json?: boolean;
  readonly lines?: boolean;
  readonly record?: string;
  readonly seconds?: number;
  readonly rate?: number;
  readonly traffic?: string;
  readonly probes?: 'none' | 'light' | 'full';
  readonly probeBudget?: number;
  readonly follow?: boolean;
  readonly speed?: number;
  readonly color?: 'auto' | 'always' | 'never';
  readonly ascii?: boolean;
  readonly mouse?: boolean;
}

const maxPid = 2 ** 22;

/** What is said of a pod and of Pixie: for `--pod` and `demo --kubernetes` alone. */
export const podOptions = [
  'context',
  'container',
  'port',
  'pixieCloud',
  'pixieCluster',
  'pixieCa',
  'pixieInsecure',
  'pixieDirect',
  'pixiePlaintext',
] as const satisfies readonly (keyof Options)[];

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
    name: 'pod',
    kind: 'text',
    argument: 'POD',
    help: 'watch a pod through Pixie: [NAMESPACE/] and its name, its deployment, or how it begins',
  },
  {
    name: 'kubernetes',
    kind: 'flag',
    help: 'run the demo service in the current cluster, and watch it there through Pixie',
  },
  { name: 'context', kind: 'text', argument: 'NAME', help: "kubectl's context, in place of the current one" },
  {
    name: 'container',
    kind: 'text',
    argument: 'NAME',
    help: 'which of several containers of the pod',
  },
  {
    name: 'port',
    kind: 'integer',
    argument: 'PORT',
    range: [1, 65_535],
    help: "the pod's port that traffic goes to, in place of its service's",
  },
  {
    name: 'pixieCloud',
    kind: 'text',
    argument: 'ADDR',
    help: "Pixie's cloud; else PX_CLOUD_ADDR, else work.withpixie.ai:443",
  },
  {
    name: 'pixieCluster',
    kind: 'text',
    argument: 'CLUSTER',
    help: "Pixie's cluster, by name or id; else PX_CLUSTER, else the context's",
  },
  {
    name: 'pixieCa',
    kind: 'text',
    argument: 'FILE',
    help: "certificates (PEM) to trust for Pixie beside the system's",
  },
  { name: 'pixieInsecure', kind: 'flag', help: "do not check Pixie's certificate; the header says so" },
  {
    name: 'pixieDirect',
    kind: 'text',
    argument: 'ADDR',
    help: 'a Vizier to ask directly, without the cloud',
  },
  {
    name: 'pixiePlaintext',
    kind: 'flag',
    help: 'talk to --pixie-direct without TLS; the header says so',
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
    kind: 'choice',
    argument: 'SET',
    choices: ['none', 'light', 'full'],
    default: 'light',
    help: 'what is probed in a process of this host: none (memory alone is read), light (a few hits a cycle), or full (single calls as well)',
  },
  {
    name: 'probeBudget',
    kind: 'number',
    argument: 'PERCENT',
    range: [0.1, 100],
    default: 1,
    help: 'how much of one core the probes of single calls may cost the program, in percent; the dearest are taken off above it',
  },
  {
    name: 'follow',
    kind: 'flag',
    help: 'with -p: when the program ends, wait until it runs again and go on; so does the screen',
    negated: 'with -p: the watch ends with the program; so do those of --json and --lines',
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

/** An option as it is typed: `--pixie-cloud`. */
export const optionName = (name: keyof Options): string =>
  `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** How an option is written: a flag that is on by default is written as its negation. */
export function optionFlags(spec: OptionSpec): string {
  const name = optionName(spec.name);
  const long = spec.kind === 'flag' && spec.default === true ? name.replace('--', '--no-') : name;
  const named = spec.argument === undefined ? long : `${long} <${spec.argument}>`;
  return spec.short === undefined ? named : `-${spec.short}, ${named}`;
}

/** The screen goes on with a program that is restarted; who reads a stream waits for its end. */
export const isFollowing = ({ follow, json, lines }: Options): boolean =>
  follow ?? !(json === true || lines === true);

/** What goes along to another target: all but what names one, and says how it is watched alone. */
export const withoutTarget = ({
  pid,
  pod,
  gctrace,
  follow,
  kubernetes,
  speed,
  ...others
}: Options): Options => others;

/** Reads one option's argument. Throws `USAGE` naming the option, the value and what was expected. */
export function parseOption(spec: OptionSpec, text: string): string | number {
  const wrong = (expected: string) =>
    new GctopError('USAGE', `'${optionName(spec.name)} ${text}': expected ${expected}`, {
      hint: 'see gctop --help',
    });
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

/** What is written, and ends after so many seconds, is about one target. */
export const mayPickAnother = ({ record, seconds, gctrace }: Options): boolean =>
  record === undefined && seconds === undefined && gctrace !== '-';
