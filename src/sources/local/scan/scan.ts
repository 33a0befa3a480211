import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { goVersionOf } from '../../../binary/go-program.js';
import { GctopError } from '../../../error.js';
import type { ProcessList } from '../../../gc/candidate.js';
import type { Clock } from '../../../system/clock.js';
import { hasCode } from '../../../system/errno.js';
import { fileKey, nameOf, openProcess, withExecutable } from '../process.js';
import { processStat } from '../process-stat.js';
import { Executables } from './executables.js';
import { FigureReader } from './figures.js';
import { GoProcess, type Surroundings } from './go-process.js';

/** What is known of one pid. */
type Known =
  /** A part of the kernel, or a program that has just ended. */
  | { readonly kind: 'kernel' }
  /** It may not be looked into by this user. */
  | { readonly kind: 'hidden' }
  /** It runs the file with this key, which is no Go program. */
  | { readonly kind: 'other'; readonly key: string }
  | { readonly kind: 'go'; readonly key: string; readonly process: GoProcess };

/** How long one slice of a look may keep the screen waiting; reading one large executable takes longer. */
const sliceNs = 5e6;
/** How often a long look tells what it has found so far. */
const partNs = 200e6;
/** What cannot be looked into is asked again in one of so many looks. */
const againEvery = 10;

/** Finds the Go programs of this host, and reads their figures again with every look. */
export class ProcessScan {
  readonly #clock: Clock;
  readonly #around: Surroundings;
  readonly #executables = new Executables();
  readonly #known = new Map<number, Known>();
  #looks = 0;

  constructor(clock: Clock, around: Surroundings) {
    this.#clock = clock;
    this.#around = around;
  }

  /** One look at all processes, in slices: a long one tells in between what it has so far, and each ends with a whole list. */
  async *look(signal: AbortSignal): AsyncGenerator<ProcessList, void, undefined> {
    this.#looks += 1;
    // The newest come first: they are what somebody has just started.
    const pids = pidsIn('/proc').sort((a, b) => b - a);
    this.#forget(new Set(pids));
    let [sliceAtNs, partAtNs] = [this.#clock.nowNs(), this.#clock.nowNs()];
    for (const [index, pid] of pids.entries()) {
      this.#visit(pid);
      if (this.#clock.nowNs() - sliceAtNs < sliceNs) continue;
      await nextTurn(undefined, { signal });
      sliceAtNs = this.#clock.nowNs();
      if (sliceAtNs - partAtNs < partNs) continue;
      partAtNs = sliceAtNs;
      yield this.#list(pids.length - index - 1);
    }
    yield this.#list(0);
  }

  /** Lets go of every program. */
  close(): void {
    this.#forget(new Set());
  }

  #forget(running: ReadonlySet<number>): void {
    for (const pid of this.#known.keys()) if (!running.has(pid)) this.#drop(pid);
    const keys = [...this.#known.values()].flatMap((known) => ('key' in known ? known.key : []));
    this.#executables.keep(new Set(keys));
  }

  #drop(pid: number): void {
    const known = this.#known.get(pid);
    if (known?.kind === 'go') known.process.close();
    this.#known.delete(pid);
  }

  #visit(pid: number): void {
    const known = this.#known.get(pid);
    const isFixed = known?.kind === 'kernel' || known?.kind === 'hidden';
    if (isFixed && pid % againEvery !== this.#looks % againEvery) return;
    const key = executableKey(pid);
    // A process can have gone over to another program, or its number to another process.
    if (known?.kind === 'go' && known.key === key && known.process.look(this.#clock)) return;
    if (known?.kind === 'other' && known.key === key) return;
    this.#drop(pid);
    const found = this.#identify(pid, key);
    if (found !== undefined) this.#known.set(pid, found);
  }

  /** What a pid is; undefined where it has just gone. */
  #identify(pid: number, key: string): Known | undefined {
    if (key === 'kernel' || key === 'hidden') return { kind: key };
    try {
      const local = openProcess(pid, this.#executables.inspect);
      const process = this.#describe(pid, { name: local.name, goVersion: local.program.goVersion });
      const reader = new FigureReader(local, this.#clock);
      if (process === undefined) reader.close();
      else process.watch(reader, local.program);
      if (process?.look(this.#clock)) return { kind: 'go', key, process };
      process?.close();
      return undefined;
    } catch (error) {
      if (!(error instanceof GctopError)) throw error;
      if (error.code === 'NO_SUCH_PROCESS') return undefined;
      return this.#refused(pid, key, error) ?? { kind: 'other', key };
    }
  }

  /** A Go program that cannot be watched; undefined where it is none. */
  #refused(pid: number, key: string, error: GctopError): Known | undefined {
    const file = this.#executables.get(key);
    const mayNot = error.code === 'NO_RIGHTS';
    const ofFile = file?.kind === 'go' ? file.program.goVersion : file?.kind === 'refused' && file.goVersion;
    const goVersion = ofFile || (mayNot && versionInFile(pid)) || undefined;
    if (goVersion === undefined && file?.kind !== 'refused') return undefined;
    const process = this.#describe(pid, { name: nameIn(pid), goVersion });
    process?.refuse(file?.kind === 'refused' ? file.error : error);
    return process === undefined ? undefined : { kind: 'go', key, process };
  }

  #describe(
    pid: number,
    { name, goVersion }: { readonly name: string; readonly goVersion: string | undefined },
  ): GoProcess | undefined {
    const stat = processStat(pid);
    if (stat === undefined) return undefined;
    return new GoProcess({ pid, name, goVersion, stat, around: this.#around });
  }

  #list(pending: number): ProcessList {
    const all = [...this.#known.values()];
    return {
      processes: all.flatMap((known) => (known.kind === 'go' ? known.process.candidate() : [])),
      total: all.filter(({ kind }) => kind !== 'kernel').length,
      unreadable: all.filter(({ kind }) => kind === 'hidden').length,
      asRoot: process.getuid?.() === 0,
      pending,
    };
  }
}

function pidsIn(folder: string): number[] {
  // Systems other than Linux have no such folder, and no process that could be watched.
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.flatMap((name) => (/^\d+$/.test(name) ? Number(name) : []));
}

/** The file that a process runs, by its key. */
function executableKey(pid: number): string {
  try {
    const file = statSync(`/proc/${pid}/exe`, { throwIfNoEntry: false });
    return file === undefined ? 'kernel' : fileKey(file);
  } catch (error) {
    if (hasCode(error, 'EACCES', 'EPERM')) return processStat(pid)?.isKernel === true ? 'kernel' : 'hidden';
    if (hasCode(error, 'ESRCH')) return 'kernel';
    throw error;
  }
}

function versionInFile(pid: number): string | undefined {
  try {
    return withExecutable(pid, goVersionOf);
  } catch (error) {
    if (hasCode(error, 'EACCES', 'EPERM', 'ENOENT', 'ESRCH')) return undefined; // its file is hidden as well, or it has gone
    throw error;
  }
}

function nameIn(pid: number): string {
  try {
    return nameOf(readlinkSync(`/proc/${pid}/exe`));
  } catch {
    return commandName(pid); // a name is wanted, not its proof
  }
}

function commandName(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '-'; // it has gone meanwhile: the next look drops it
  }
}
