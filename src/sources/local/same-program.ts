import { readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { type Belonging, belongingOf } from './cgroup.js';
import { processStat } from './process-stat.js';

/** What tells whether a process is a program that runs again. */
export interface Identity {
  readonly pid: number;
  /** Ticks (1/100 s) since boot. */
  readonly startTicks: number;
  readonly parent: number;
  /** As its own mount namespace names its file, also when that has been replaced. */
  readonly path: string;
  /** The mount namespace; undefined where it may not be asked. */
  readonly mounts: string | undefined;
  readonly belonging: Belonging;
}

/**
 * Undefined when the process has ended, runs no program, or may not be looked into. With a name, no more is asked of a
 * process whose file has another one: it is no successor, whatever else it is.
 */
export function identityOf(pid: number, name?: string): Identity | undefined {
  const path = linkOf(pid, 'exe')?.replace(/ \(deleted\)$/, '');
  if (path === undefined || (name !== undefined && basename(path) !== name)) return undefined;
  const stat = processStat(pid);
  if (stat === undefined) return undefined;
  const { startTicks, parent } = stat;
  return { pid, startTicks, parent, path, mounts: linkOf(pid, 'ns/mnt'), belonging: belongingOf(pid) };
}

function linkOf(pid: number, name: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/${name}`);
  } catch {
    return undefined; // gone, of the kernel, or somebody else's: nothing can be proven of it
  }
}

/**
 * What proves that one process runs the program of another one that has ended, in words; undefined where nothing does.
 * What a manager runs is known by the manager: the same container, pod or unit, and there a file of the same name. What
 * nobody manages has to be the same file, or to be started by the same parent under the same name: a new release lies
 * in a folder of its own.
 */
export function sameProgram(ended: Identity, other: Identity): string | undefined {
  if (basename(ended.path) !== basename(other.path)) return undefined;
  const { container, podUid, unit, unitOfUser } = ended.belonging;
  const its = other.belonging;
  const isManaged = unit !== undefined || container !== undefined || podUid !== undefined;
  if (!isManaged) return sameFile(ended, other);
  // Two instances of a template may well run the same file.
  if (unit !== its.unit || unitOfUser !== its.unitOfUser) return undefined;
  if (container !== undefined && its.container?.id === container.id) {
    return `the same container (${container.id.slice(0, 12)})`;
  }
  if (podUid !== undefined) return podUid === its.podUid ? `the same pod (${podUid})` : undefined;
  const isOfUnit = container?.isOfUnit === its.container?.isOfUnit;
  const isWithin = container !== undefined && container.isOfUnit !== true;
  return unit !== undefined && isOfUnit && !isWithin ? `the same unit (${unit})` : undefined;
}

function sameFile(ended: Identity, other: Identity): string | undefined {
  if (ended.mounts !== other.mounts) return undefined;
  if (ended.path === other.path) return `the same program (${ended.path})`;
  return isSupervised(ended, other) ? `the same name and parent (${other.path})` : undefined;
}

/** Process 1 is everybody's parent who has lost his own. */
const isSupervised = (ended: Identity, other: Identity): boolean =>
  ended.parent > 1 && ended.parent === other.parent;

/** Which of several comes first: that of the same parent, else the one that was started first. */
export const byLikelihood =
  (ended: Identity) =>
  (a: Identity, b: Identity): number =>
    Number(b.parent === ended.parent) - Number(a.parent === ended.parent) ||
    a.startTicks - b.startTicks ||
    a.pid - b.pid;
