import {
  accessSync,
  appendFileSync,
  constants,
  existsSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GctopError } from '../../error.js';
import { hasCode } from '../../system/errno.js';
import { run } from '../../system/process.js';

/** Where tracefs is mounted, newest convention first. */
const mountPoints = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'];

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
    removeGroupNow(tracefs, { group, events: eventsOf(tracefs, group) });
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENODEV', 'EBUSY')) return false;
    throw error;
  }
}

/** First the events are disabled, then their instance goes, then they do: otherwise the kernel calls them busy. */
export async function removeGroup(tracefs: string, { group, events }: UprobeEvents): Promise<void> {
  const { instance, enable } = pathsOf(tracefs, group);
  // Each probe takes the kernel some 50 ms: off the thread that draws and answers keys.
  if (existsSync(enable)) await writeFile(enable, '0');
  if (existsSync(instance)) await rmdir(instance);
  removeEvents(tracefs, { group, events });
}

/** The same at once. */
export function removeGroupNow(tracefs: string, { group, events }: UprobeEvents): void {
  const { instance, enable } = pathsOf(tracefs, group);
  if (existsSync(enable)) writeFileSync(enable, '0');
  if (existsSync(instance)) rmdirSync(instance);
  removeEvents(tracefs, { group, events });
}

/** The events of a group, by name: some of them may not be there. */
export interface UprobeEvents {
  readonly group: string;
  readonly events: readonly string[];
}

const pathsOf = (tracefs: string, group: string) => {
  const instance = join(tracefs, 'instances', group);
  return { instance, enable: join(instance, 'events', group, 'enable') };
};

/** By name, one by one: kernels before 5.17 do not know the name of a whole group. */
function removeEvents(tracefs: string, { group, events }: UprobeEvents): void {
  for (const event of events) {
    try {
      append(tracefs, `-:${group}/${event}`);
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  }
}

/** uprobe_events is only ever appended to: opening it to write anew would delete everybody's probes. */
export function append(tracefs: string, line: string): void {
  appendFileSync(join(tracefs, 'uprobe_events'), `${line}\n`);
}

/** A line of uprobe_events that is some gctop's: `p:GROUP/EVENT PATH:OFFSET ARGS`. */
const probePattern = /^p:(gctop_\d+_\d+_\d+)\/(\w+) /gm;

/**
 * The kernel lists what there is a page at a time: while others place and remove probes lines can be left out. So nobody
 * removes his own by this list; what it hides of a killed gctop's the next start finds.
 */
const listed = (tracefs: string): readonly UprobeEvent[] =>
  [...readFileSync(join(tracefs, 'uprobe_events'), 'utf8').matchAll(probePattern)].map(
    ([, group = '', event = '']) => ({ group, event }),
  );

interface UprobeEvent {
  readonly group: string;
  readonly event: string;
}

const groupsIn = (tracefs: string): readonly string[] => listed(tracefs).map(({ group }) => group);

const eventsOf = (tracefs: string, group: string): readonly string[] => [
  ...new Set(listed(tracefs).flatMap((each) => (each.group === group ? [each.event] : []))),
];

const instancesIn = (tracefs: string): readonly string[] =>
  readdirSync(join(tracefs, 'instances')).filter((name) => /^gctop_\d+_\d+_\d+$/.test(name));

/** What the kernel wrote of its own about a refused line, if it did. */
export function detailOf(tracefs: string): string {
  try {
    const errors = readFileSync(join(tracefs, 'error_log'), 'utf8').match(/trace_uprobe: error: .*/g);
    return errors === null ? '' : ` (${errors.at(-1)})`;
  } catch {
    return ''; // older kernels keep no such log; the error that is being worded comes first
  }
}

export function unusable(why: string, cause?: unknown): GctopError {
  const reason = cause instanceof Error ? `: ${cause.message}` : '';
  return new GctopError('TRACEFS', `${why}${reason}`, { hint: 'run gctop as root on the host', cause });
}
