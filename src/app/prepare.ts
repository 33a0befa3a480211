import { basename } from 'node:path';
import { trafficAddress } from '../effects/traffic.js';
import { GctopError } from '../error.js';
import type { Note } from '../gc/stream.js';
import type { StreamState } from '../model/model.js';
import { memoryObstacle } from '../sources/local/obstacle.js';
import { localSource } from '../sources/local/source.js';
import { recordingLength } from '../sources/recording/read-recording.js';
import { replayClock } from '../sources/recording/replay-clock.js';
import { recordingSource } from '../sources/recording/source.js';
import type { Source } from '../sources/source.js';
import { type Clock, systemClock } from '../system/clock.js';
import type { Invocation } from './command-line.js';
import { startDemo } from './demo.js';
import { isFollowing, type Options } from './options.js';
import type { PodContext, PreparedPod } from './pod.js';
import { launch, type Program, withExit } from './program.js';
import { traceOfFile, traceOfProgram, traceOfStdin } from './trace.js';

/** Everything that is to be watched, ready to be opened. */
export interface Prepared {
  readonly source: Source;
  /** The session's time: in a replay the recording's. */
  readonly clock: Clock;
  /** The time that a person sits before the screen. */
  readonly frameClock: Clock;
  /** How the stream stands before its first message. */
  readonly state: StreamState;
  /** What gctop started and has to end. */
  readonly program: Program | undefined;
  /** Where traffic goes now; absent where it is not wanted. */
  readonly address: (() => URL | undefined) | undefined;
  /** With a pod: the way to it, and what its source leaves behind. */
  readonly pod?: Pick<PreparedPod, 'startForward' | 'released'>;
}

export interface PrepareContext {
  readonly tell: (note: Note) => void;
  readonly onProgress: (sentence: string) => void;
  readonly signal: AbortSignal;
}

export type Picking = Extract<Invocation, { type: 'pick' }>;
export type Watching = Exclude<Invocation, { type: 'print' | 'pick' }>;

/** Starts what has to be started and opens nothing yet. Throws what goes wrong, by name. */
export async function prepare(invocation: Watching, context: PrepareContext): Promise<Prepared> {
  const clock = systemClock();
  const { options } = invocation;
  const watch = (pid: number, follow = false) =>
    localSource({
      pid,
      clock,
      follow,
      probes: options.probes ?? 'light',
      probeBudget: probeBudgetOf(options),
    });
  const started = (program: Program, address: URL | undefined, obstacle: string | undefined): Prepared => {
    const { tracePath: path } = program;
    const trace =
      path === undefined
        ? { source: watch(program.pid), clock }
        : traceOfProgram(program, { path, obstacle, real: clock, outputToStderr: isText(options) });
    const source = withExit(trace.source, program, clock);
    return { ...live(source, trace.clock), frameClock: clock, program, ...addressed(address) };
  };
  switch (invocation.type) {
    case 'watch':
      return {
        ...live(watch(invocation.pid, isFollowing(options)), clock),
        ...addressed(addressOf(options)),
      };
    case 'pod':
      return await inPod(invocation.pod, options, { clock, ...context });
    case 'run': {
      const address = addressOf(options);
      const { command, args } = invocation;
      refuseGoRun(command, args);
      const obstacle = memoryObstacle(command);
      const output = { outputToStderr: isText(options), keepOutput: true, isTraced: obstacle !== undefined };
      const program = await launch(command, args, { name: basename(command), clock, ...output, ...context });
      tellTraced(obstacle, context);
      return started(program, address, obstacle);
    }
    case 'demo': {
      if (options.kubernetes === true) return await demoInCluster(options, { clock, ...context });
      const demo = await startDemo({ clock, outputToStderr: isText(options), ...context });
      tellTraced(demo.obstacle, context);
      return started(demo.program, demo.address, demo.obstacle);
    }
    case 'gctrace':
      return { ...(await gctrace(invocation.file, clock)), ...addressed(addressOf(options)) };
    case 'replay':
      return replay(invocation.file, options, clock);
  }
}

/** What only pods need is loaded only for them. */
async function inPod(typed: string, options: Options, context: PodContext): Promise<Prepared> {
  const { preparePod } = await import('./pod.js');
  const { parsePodSpec } = await import('../effects/kubernetes/choose-pod.js');
  const { source, address, ...pod } = await preparePod(parsePodSpec(typed), options, context);
  return { ...live(source, context.clock), address, pod };
}

/** The demo service in the user's cluster, instead of on this host. */
async function demoInCluster(options: Options, context: PodContext): Promise<Prepared> {
  const { clusterOf, preparePod } = await import('./pod.js');
  const { applyDemo } = await import('./demo-kubernetes.js');
  const cluster = await clusterOf(options, context.signal);
  const spec = await applyDemo({ cluster, ...context });
  const { source, address, ...pod } = await preparePod(spec, options, { ...context, cluster });
  return { ...live(source, context.clock), address, pod };
}

const addressed = (address: URL | undefined): Pick<Prepared, 'address'> => ({
  address: address === undefined ? undefined : () => address,
});

function tellTraced(obstacle: string | undefined, { tell }: PrepareContext): void {
  if (obstacle === undefined) return;
  const text = `its memory cannot be read (${obstacle}): GODEBUG=gctrace=1 is read instead`;
  tell({ type: 'note', level: 'warning', code: 'target.traced', text });
}

const gctrace = async (file: string, real: Clock): Promise<Prepared> => {
  const { source, clock } = file === '-' ? traceOfStdin(real) : await traceOfFile(file, real);
  return { ...live(source, clock), frameClock: real };
};

/** The go command is a Go program itself: gctop would watch it, and not what it builds and starts. */
function refuseGoRun(command: string, [verb]: readonly string[]): void {
  if (basename(command) !== 'go' || verb !== 'run') return;
  throw new GctopError(
    'USAGE',
    "'go run' starts the program as a child of the go tool, which would be watched instead",
    {
      hint: 'build it first: go build -o PROGRAM . && gctop -- ./PROGRAM',
    },
  );
}

const live = (source: Source, clock: Clock): Prepared => ({
  source,
  clock,
  frameClock: clock,
  state: { kind: 'opening' },
  program: undefined,
  address: undefined,
});

async function replay(path: string, options: Options, real: Clock): Promise<Prepared> {
  const lengthNs = await recordingLength(path);
  if (isText(options)) return live(recordingSource({ path }), real);
  const speed = options.speed ?? 1;
  const clock = replayClock(real, speed);
  return {
    ...live(recordingSource({ path, clock }), clock),
    frameClock: real,
    state: { kind: 'replay', speed, lengthNs },
  };
}

/** As a share of one core. */
const probeBudgetOf = ({ probeBudget = 1 }: Options): number => probeBudget / 100;

const isText = (options: Options): boolean => options.json === true || options.lines === true;

const addressOf = ({ traffic }: Options): URL | undefined =>
  traffic === undefined ? undefined : trafficAddress(traffic);
