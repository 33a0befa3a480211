import {
  accessSync,
  appendFileSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { GctopError } from '../../error.js';
import { run } from '../../system/process.js';

/** Where tracefs is mounted, newest convention first. */
const mountPoints = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'];

/** One uprobe: what tracefs needs to know of it. */
export interface UprobeDefinition {
  /** The file to probe, the offset of the instruction in it. */
  readonly path: string;
  readonly fileOffset: number;
  /** Fetch arguments, `name=@0xADDRESS:u64`. */
  readonly args: readonly string[];
  /** Hits for which this does not hold are dropped in the kernel. */
  readonly filter: string;
}

/** A probe that is in place. */
export interface Uprobe {
  /** What was recorded since the last call, and how many records the kernel had no room for. */
  drain(): { readonly lines: readonly string[]; readonly lost: number };
  /** Takes the probe out and leaves nothing. May be called again. */
  remove(): void;
}

/** Finds tracefs; as root it mounts it where it is missing, and says so. Throws TRACEFS. */
export async function findTracefs(onMounted: (path: string) => void): Promise<string> {
  const found = mountPoints.find(isOpenToUs);
  if (found !== undefined) return found;
  const [path] = mountPoints;
  if (path === undefined || process.getuid?.() !== 0) throw unusable('tracefs is not open to this user');
  try {
    await run('mount', ['-t', 'tracefs', 'nodev', path]);
  } catch (error) {
    throw unusable('tracefs is not mounted and cannot be', error);
  }
  if (!existsSync(join(path, 'uprobe_events'))) throw unusable('this kernel has no uprobe_events');
  onMounted(path);
  return path;
}

/** Why no probe can be placed, as far as that is seen without mounting anything; undefined where one can. */
export function probeObstacle(): string | undefined {
  if (mountPoints.some(isOpenToUs)) return undefined;
  if (process.getuid?.() !== 0) return 'needs root and tracefs';
  return mountPoints.some((path) => existsSync(path)) ? undefined : 'this kernel has no tracefs';
}

function isOpenToUs(path: string): boolean {
  try {
    accessSync(join(path, 'uprobe_events'), constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false; // not mounted there, or not for us: the caller words it
  }
}

let made = 0;

/** Puts a uprobe in place, with a trace instance of its own to read from. Throws TRACEFS and leaves nothing. */
export function addUprobe(tracefs: string, definition: UprobeDefinition): Uprobe {
  const group = `${groupsOf(process.pid)}${made++}`;
  const instance = join(tracefs, 'instances', group);
  let pipe: number | undefined;
  const remove = once(() => {
    process.off('exit', remove);
    if (pipe !== undefined) closeSync(pipe); // an instance that is being read cannot be removed
    try {
      removeGroup(tracefs, group);
    } catch (error) {
      throw unusable(`the probe '${group}' cannot be removed`, error);
    }
  });
  // The kernel keeps probes when their owner dies. What SIGKILL leaves, the next start removes.
  process.on('exit', remove);
  try {
    const { path, fileOffset, args, filter } = definition;
    append(tracefs, `p:${group}/${eventName} ${path}:0x${fileOffset.toString(16)} ${args.join(' ')}`);
    mkdirSync(instance);
    writeFileSync(join(instance, 'trace_clock'), 'mono');
    writeFileSync(join(instance, 'buffer_size_kb'), String(bufferKiB));
    const event = join(instance, 'events', group, eventName);
    writeFileSync(join(event, 'filter'), filter);
    pipe = openSync(join(instance, 'trace_pipe'), constants.O_RDONLY | constants.O_NONBLOCK);
    writeFileSync(join(event, 'enable'), '1');
    return { drain: pipeReader(pipe), remove };
  } catch (error) {
    const detail = detailOf(tracefs);
    removeQuietly(remove);
    throw unusable(`the kernel refused the probe${detail}`, error);
  }
}

function removeQuietly(remove: () => void): void {
  try {
    remove();
  } catch {
    // where a probe may not be written nothing may be removed either; the refusal itself is what is told
  }
}

/**
 * How the names of all groups of a process begin. The kernel's list is the same for all containers, a pid is not: the
 * name holds its namespace.
 */
export const groupsOf = (pid: number): string => `gctop_${pidNamespace()}_${pid}_`;

const pidNamespace = (): number => statSync('/proc/self/ns/pid').ino;

/** Removes what gctops of the same pid namespace left that were killed; gives the names of their groups. */
export function removeLeftovers(tracefs: string): readonly string[] {
  const groups = new Set([...groupsIn(tracefs), ...instancesIn(tracefs)]);
  return [...groups].filter((group) => isOrphan(group) && isRemovedByUs(tracefs, group));
}

/** Of another namespace's processes nothing can be known. */
function isOrphan(group: string): boolean {
  const owner = Number(group.split('_')[2]);
  if (!group.startsWith(groupsOf(owner))) return false;
  try {
    process.kill(owner, 0);
    return false;
  } catch (error) {
    return hasCode(error, 'ESRCH');
  }
}

/** gctops that start at once find the same leftovers: what another one is removing at this moment is no failure. */
function isRemovedByUs(tracefs: string, group: string): boolean {
  try {
    removeGroup(tracefs, group);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENODEV', 'EBUSY')) return false;
    throw error;
  }
}

const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);

const eventName = 'cycle';

/** Per CPU; a record takes some 250 bytes, so a reader may stand still for a thousand cycles and more. */
const bufferKiB = 512;

/** First the event is disabled, then its instance goes, then the event itself: otherwise the kernel calls it busy. */
function removeGroup(tracefs: string, group: string): void {
  const instance = join(tracefs, 'instances', group);
  const enable = join(instance, 'events', group, eventName, 'enable');
  if (existsSync(enable)) writeFileSync(enable, '0');
  if (existsSync(instance)) rmdirSync(instance);
  if (groupsIn(tracefs).includes(group)) append(tracefs, `-:${group}/${eventName}`);
}

/** uprobe_events is only ever appended to: opening it to write anew would delete everybody's probes. */
function append(tracefs: string, line: string): void {
  appendFileSync(join(tracefs, 'uprobe_events'), `${line}\n`);
}

const groupsIn = (tracefs: string): readonly string[] =>
  [...readFileSync(join(tracefs, 'uprobe_events'), 'utf8').matchAll(/^p:(gctop_\d+_\d+_\d+)\/cycle /gm)].map(
    ([, group = '']) => group,
  );

const instancesIn = (tracefs: string): readonly string[] =>
  readdirSync(join(tracefs, 'instances')).filter((name) => /^gctop_\d+_\d+_\d+$/.test(name));

/** Reads trace_pipe without ever waiting for it. */
function pipeReader(pipe: number): Uprobe['drain'] {
  const buffer = Buffer.alloc(1 << 16);
  let rest = '';
  return () => {
    let text = rest;
    for (let length = readNow(pipe, buffer); length > 0; length = readNow(pipe, buffer)) {
      text += buffer.toString('latin1', 0, length);
    }
    const lines = text.split('\n');
    rest = lines.pop() ?? '';
    return {
      lines: lines.filter((line) => !lostPattern.test(line)),
      lost: lines.reduce((sum, line) => sum + lostIn(line), 0),
    };
  };
}

/** The kernel's own words where its buffer ran over: `CPU:1 [LOST 27 EVENTS]`. */
const lostPattern = /^CPU:\d+ \[LOST (\d+) EVENTS\]$/;
const lostIn = (line: string): number => Number(lostPattern.exec(line)?.[1] ?? 0);

function readNow(fd: number, buffer: Buffer): number {
  try {
    return readSync(fd, buffer);
  } catch (error) {
    if (hasCode(error, 'EAGAIN')) return 0; // nothing there now
    throw error;
  }
}

/** What the kernel wrote of its own about a refused line, if it did. */
function detailOf(tracefs: string): string {
  try {
    const errors = readFileSync(join(tracefs, 'error_log'), 'utf8').match(/trace_uprobe: error: .*/g);
    return errors === null ? '' : ` (${errors.at(-1)})`;
  } catch {
    return ''; // older kernels keep no such log; the error that is being worded comes first
  }
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}

function unusable(why: string, cause?: unknown): GctopError {
  const reason = cause instanceof Error ? `: ${cause.message}` : '';
  return new GctopError('TRACEFS', `${why}${reason}`, { hint: 'run gctop as root on the host', cause });
}
