import type { PortForward } from '../effects/port-forward.js';
import { openRecorder, type Recorder } from '../effects/recorder.js';
import { createTraffic, type Traffic } from '../effects/traffic.js';
import { GctopError } from '../error.js';
import type { PodRef } from '../gc/source-control.js';
import type { News, Note } from '../gc/stream.js';
import { defaultTrafficShape } from '../model/command.js';
import type { Leftover } from '../sources/pixie/deployment/ledger.js';
import { Channel } from '../system/channel.js';
import type { Clock } from '../system/clock.js';
import { detectCapabilities } from '../terminal/capabilities.js';
import { exitCodeOf } from './exit-code.js';
import type { ExitSteps } from './exit-steps.js';
import { told } from './failure-text.js';
import { gctracePrinter } from './gctrace-lines.js';
import { type Keyboard, openKeyboard } from './keyboard.js';
import { leftoverText } from './leftover-text.js';
import type { Options } from './options.js';
import { type Prepared, prepare, type Watching } from './prepare.js';
import type { Program } from './program.js';
import { type Session, startSession } from './session.js';
import { asJson, writeLines } from './write-lines.js';

/** Everything that runs while something is watched. */
export interface Running {
  readonly prepared: Prepared;
  readonly session: Session;
  readonly traffic: Traffic | undefined;
  readonly forward: PortForward | undefined;
  readonly options: Options;
  /** Aborted when the watching is over. */
  readonly signal: AbortSignal;
}

/**
 * Watches what was asked for until it ends by itself or is quit; resolves with the exit code. What has to be undone
 * is added to `exit`, whose steps the caller runs on every way out.
 */
export async function runApp(invocation: Watching, exit: ExitSteps): Promise<number | 'pick-another'> {
  const { options } = invocation;
  const keyboard = openKeyboard(invocation);
  exit.onStop(async () => keyboard.close());
  const isLines = options.json === true || options.lines === true;
  const capabilities = isLines ? undefined : detectCapabilities(surroundingsOf(keyboard.input), options);
  const root = new AbortController();
  const news = new Channel<News>();
  const tell = (each: News) => news.push(each);
  const recorder = await recorderFor(options, { tell, exit });
  const prepared = await prepareOrAbort(invocation, { tell, exit, root });
  const { program, frameClock } = prepared;
  if (program !== undefined) exit.onStop(() => leave(program));

  const running = watch(prepared, { options, recorder, news, root });
  let written = Promise.resolve();
  exit.onStop(() => written.catch(() => {})); // thrown below as well
  const end = () => endWatching(running, root);
  exit.onStop(() => sayIfSlow(end(), prepared));
  if (options.seconds !== undefined) void endAfter(options.seconds, frameClock, end, root.signal);

  if (capabilities === undefined) {
    const printer = options.lines === true ? gctracePrinter() : undefined;
    const encode = printer?.encode ?? asJson;
    written = writeLines(running.session.messages, { output: process.stdout, encode });
    await written;
    sayLeft(printer?.left ?? 0);
    return recorder?.failure === undefined ? 0 : recordingFailedCode;
  }
  const { runScreen } = await import('./screen.js'); // the terminal's library is loaded where it draws
  const code = await runScreen(running, { capabilities, input: keyboard.input ?? process.stdin }, exit);
  return code === 0 && recorder?.failure !== undefined ? recordingFailedCode : code;
}

function sayLeft(cycles: number): void {
  if (cycles === 0) return;
  process.stderr.write(`gctop: ${cycles} cycles have no line: not all of their figures are known\n`);
}

interface StartContext {
  readonly tell: (news: News) => void;
  readonly exit: ExitSteps;
}

/** Before anything is started: a recording that cannot be written is told at once. */
async function recorderFor(options: Options, { tell, exit }: StartContext): Promise<Recorder | undefined> {
  if (options.record === undefined) return undefined;
  const recorder = await openRecorder(options.record, (error) => tell(recordingFailed(error)));
  exit.onStop(() => recorder.close());
  return recorder;
}

/** On the way out what is being prepared is given up, and waited for: it leaves nothing half done. */
async function prepareOrAbort(
  invocation: Watching,
  { tell, exit, root }: StartContext & { readonly root: AbortController },
): Promise<Prepared> {
  const onProgress = (sentence: string) => void process.stderr.write(told(sentence));
  const preparing = prepare(invocation, { tell, onProgress, signal: root.signal });
  exit.onStop(async () => {
    root.abort();
    await preparing.catch(() => {}); // thrown below as well
  });
  return await preparing;
}

const recordingFailedCode = exitCodeOf(new GctopError('OUTPUT_FAILED', ''));

const recordingFailed = ({ message }: GctopError): Note => ({
  type: 'note',
  level: 'error',
  code: 'record.failed',
  text: message,
});

async function leave(program: Program): Promise<void> {
  await program.stop();
  const { name, outputPath } = program;
  if (outputPath !== undefined) process.stderr.write(told(`the output of ${name} is in ${outputPath}`));
}

interface WatchContext {
  readonly options: Options;
  readonly recorder: Recorder | undefined;
  readonly news: Channel<News>;
  readonly root: AbortController;
}

/** Opens the source, and beside it traffic whose answers become notes in the stream. */
function watch(prepared: Prepared, { options, recorder, news, root }: WatchContext): Running {
  const { source, clock, address, pod } = prepared;
  const { signal } = root;
  const tell = (each: News) => news.push(each);
  // An address of the user's own is not reached through the forward.
  const onNoAnswer = () => (options.traffic === undefined ? forward?.suspect() : undefined);
  const traffic = address === undefined ? undefined : createTraffic({ address, clock, tell, onNoAnswer });
  let isWatched = false;
  const session = startSession({
    source,
    clock,
    signal,
    tap(message) {
      recorder?.write(message);
      if (message.type !== 'target' || isWatched) return;
      // Traffic that gctop makes by itself waits until its effect can be seen.
      isWatched = true;
      traffic?.setRate(options.rate ?? 0, defaultTrafficShape);
    },
  });
  const onPod = (ref: PodRef) => session.control({ type: 'retarget', pod: ref });
  const forward = pod?.startForward({ tell, onPod });
  void passOn(news, session);
  void session.ended.then(() => traffic?.end()); // the address may belong to somebody else from here on
  return { prepared, session, traffic, forward, options, signal };
}

async function passOn(news: Channel<News>, session: Session): Promise<void> {
  for await (const each of news) session.tell(each);
}

/** How long a source may take to see the end of the program that it watches. */
const lastWordsMs = 1_000;

/** Ends what was started, then the watching: the last cycles of a program belong into its stream. */
async function endWatching(
  { prepared, session, traffic, forward, signal }: Running,
  root: AbortController,
): Promise<void> {
  traffic?.end();
  const unjoined = forward?.end();
  if (prepared.program !== undefined) {
    await prepared.program.stop();
    await Promise.race([session.ended, prepared.frameClock.sleep(lastWordsMs, signal).catch(() => {})]);
  }
  root.abort();
  await session.ended;
  await unjoined;
  if (prepared.pod !== undefined) sayLeftovers(await prepared.pod.released, prepared.clock);
}

/** What Pixie did not let go of: the user may have to know. */
function sayLeftovers(leftovers: readonly Leftover[], clock: Clock): void {
  if (leftovers.length > 0) process.stderr.write(leftoverText(leftovers, clock.nowNs()));
}

const slowEndMs = 500;

/** A program that takes its time to end keeps gctop from ending: the person before an empty terminal is told. */
async function sayIfSlow(ending: Promise<void>, { program, pod, frameClock }: Prepared): Promise<void> {
  const over = new AbortController();
  const what =
    program === undefined
      ? pod && "taking gctop's tracepoints away; 5 s at most"
      : `waiting for ${program.name} to end; it is killed after 5 s`;
  const notice = frameClock.sleep(slowEndMs, over.signal).then(
    () => what !== undefined && process.stderr.write(told(what)),
    () => {}, // over by now
  );
  await ending.finally(() => over.abort());
  await notice;
}

async function endAfter(
  seconds: number,
  clock: Clock,
  end: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  await clock.sleep(seconds * 1000, signal).catch(() => {}); // over before its time
  if (!signal.aborted) await end();
}

/** What decides how the screen is drawn. */
export const surroundingsOf = (input: Keyboard['input']) => ({
  env: process.env,
  stdinIsTTY: input?.isTTY === true,
  stdoutIsTTY: process.stdout.isTTY === true,
});
