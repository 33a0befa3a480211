import { readFileSync, statSync } from 'node:fs';
import type { GoProgram } from '../../../binary/go-program.js';
import { type ErrorCode, GctopError } from '../../../error.js';
import type { Access, ProcessCandidate } from '../../../gc/candidate.js';
import { bytes } from '../../../gc/units.js';
import type { Clock } from '../../../system/clock.js';
import { belongingOf } from '../cgroup.js';
import { type ProcessStat, processStat, ticksPerSecond } from '../process-stat.js';
import { type FigureReader, type Figures, Rate } from './figures.js';

/** What is the same for all processes. */
export interface Surroundings {
  readonly bootUnixMs: number;
  readonly userName: (uid: number) => string;
  /** Why no probe can be placed; undefined: one can. */
  readonly noProbes: string | undefined;
}

export interface GoProcessOptions {
  readonly pid: number;
  readonly name: string;
  readonly goVersion: string | undefined;
  readonly stat: ProcessStat;
  readonly around: Surroundings;
}

/** One Go program that runs. */
export class GoProcess {
  readonly #fixed: Omit<ProcessCandidate, 'access' | 'rss'>;
  readonly #startTicks: number;
  readonly #noProbes: string | undefined;
  readonly #cpu = new Rate();
  #reader: FigureReader | undefined;
  #access: Access = { kind: 'whole' };
  #figures: Figures = {};
  #stat: ProcessStat;
  #cores: number | undefined;

  constructor({ pid, name, goVersion, stat, around }: GoProcessOptions) {
    const { container, unit } = belongingOf(pid);
    this.#stat = stat;
    this.#startTicks = stat.startTicks;
    this.#noProbes = around.noProbes;
    this.#fixed = {
      pid,
      name,
      command: commandOf(pid),
      user: userOf(pid, around.userName),
      startedUnixMs: around.bootUnixMs + (stat.startTicks / ticksPerSecond) * 1e3,
      ...(goVersion === undefined ? {} : { goVersion }),
      ...(container === undefined
        ? {}
        : { container: `${container.runtime ?? 'container'} ${container.id.slice(0, shownIdLength)}` }),
      ...(unit === undefined ? {} : { unit }),
    };
  }

  /** Its memory may be read. */
  watch(reader: FigureReader, { noCycleProbe }: GoProgram): void {
    this.#reader = reader;
    const why = this.#noProbes ?? noCycleProbe;
    this.#access = why === undefined ? { kind: 'whole' } : { kind: 'memory', word: 'memory only', why };
  }

  refuse(error: GctopError): void {
    this.#access = accessAfter(error);
    this.close();
  }

  /** Reads its figures; false where another program runs in its place, or none. */
  look(clock: Clock): boolean {
    const stat = processStat(this.#fixed.pid);
    if (stat?.startTicks !== this.#startTicks) return false;
    this.#stat = stat;
    this.#cores = this.#cpu.add(clock.nowNs(), stat.cpuTicks / ticksPerSecond);
    try {
      const figures = this.#reader?.read(clock);
      if (figures === 'ended') return false;
      this.#figures = figures ?? {};
    } catch (error) {
      if (!(error instanceof GctopError)) throw error;
      this.refuse(error);
    }
    return true;
  }

  candidate(): ProcessCandidate {
    return {
      ...this.#fixed,
      access: this.#access,
      rss: bytes(this.#stat.rssBytes),
      ...(this.#cores === undefined ? {} : { cpu: this.#cores }),
      ...this.#figures,
    };
  }

  close(): void {
    this.#reader?.close();
    this.#reader = undefined;
    this.#figures = {};
  }
}

/** As docker ps shows it. */
const shownIdLength = 12;

const refusalWords: Readonly<Partial<Record<ErrorCode, string>>> = {
  UNSUPPORTED_MACHINE: 'not x86-64',
  UNKNOWN_GO_VERSION: 'unknown Go',
  UNKNOWN_LAYOUT: 'unknown layout',
  STRIPPED: 'stripped',
  NOT_GO: 'packed (UPX)',
};

function accessAfter({ code, message, hint }: GctopError): Access {
  const why = hint === undefined ? message : `${message}: ${hint}`;
  if (code === 'NO_RIGHTS') return { kind: 'rights', word: 'needs root', why };
  return { kind: 'refused', word: refusalWords[code] ?? 'refused', why };
}

/** Longer command lines are for other tools. */
const longestCommand = 400;

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').slice(0, longestCommand).replaceAll('\0', ' ').trim();
  } catch {
    return ''; // it has gone, or hides it: the name is left
  }
}

function userOf(pid: number, userName: (uid: number) => string): string {
  const uid = statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid;
  return uid === undefined ? '-' : userName(uid);
}
