import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { processStat, ticksPerSecond } from './process-stat.js';
import { byLikelihood, type Identity, identityOf, sameProgram } from './same-program.js';

/** A process that runs the program of one that has ended, and what proves it. */
export interface Successor {
  readonly identity: Identity;
  readonly proof: string;
}

/**
 * Looks for the successor of a program that has ended. Only processes that were started since it was last seen alive
 * count: what ran beside it is another one of its kind, also one that it started itself. Those are asked again and
 * again, for a process can still run what starts the program; what is no news costs nothing.
 */
export class Successors {
  readonly #ended: Identity;
  readonly #aliveTicks: number;
  /** The look at which a process was first found; undefined for those that ran before. */
  readonly #foundAt = new Map<number, number | undefined>();
  readonly #tries = new Map<string, number>();
  #looks = 0;

  /** `aliveTicks`: when it was last seen alive, in ticks since boot; infinite where nobody can know. */
  constructor(ended: Identity, aliveTicks: number) {
    this.#ended = ended;
    this.#aliveTicks = aliveTicks;
  }

  /** The likeliest of those that run now. */
  look(): Successor | undefined {
    const name = basename(this.#ended.path);
    const found = this.#candidates().flatMap((pid): readonly Successor[] => {
      const identity = identityOf(pid, name);
      const proof = identity === undefined ? undefined : sameProgram(this.#ended, identity);
      return identity === undefined || proof === undefined || this.#isGivenUp(identity)
        ? []
        : [{ identity, proof }];
    });
    this.#looks++;
    const likelier = byLikelihood(this.#ended);
    return found.sort((a, b) => likelier(a.identity, b.identity))[0];
  }

  /** It cannot be watched. What ended at once, or was just starting another program, may be tried again. */
  reject({ identity }: Successor, { forGood }: { readonly forGood: boolean }): void {
    const key = keyOf(identity);
    this.#tries.set(key, forGood ? mostTries : (this.#tries.get(key) ?? 0) + 1);
  }

  #isGivenUp(identity: Identity): boolean {
    return (this.#tries.get(keyOf(identity)) ?? 0) >= mostTries;
  }

  #candidates(): readonly number[] {
    const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
    const running = new Set(pids);
    for (const pid of this.#foundAt.keys()) if (!running.has(pid)) this.#foundAt.delete(pid);
    for (const pid of pids) {
      if (!this.#foundAt.has(pid)) this.#foundAt.set(pid, this.#isNew(pid) ? this.#looks : undefined);
    }
    return pids.filter((pid) => this.#isDue(pid));
  }

  /** What has been something else for some time is asked more seldom. */
  #isDue(pid: number): boolean {
    const foundAt = this.#foundAt.get(pid);
    if (foundAt === undefined) return false;
    return this.#looks - foundAt < eagerLooks || (this.#looks - pid) % seldomLooks === 0;
  }

  #isNew(pid: number): boolean {
    // Where it is still there it runs another program, after an exec.
    if (this.#looks > 0 || pid === this.#ended.pid) return true;
    const stat = statOf(pid);
    return stat !== undefined && stat.startTicks >= this.#aliveTicks;
  }
}

function statOf(pid: number): ReturnType<typeof processStat> {
  try {
    return processStat(pid);
  } catch {
    return undefined; // hidden from us: nothing could be proven of it
  }
}

const eagerLooks = 20;
const seldomLooks = 4;

/** A process that is gone at a second look is no longer listed: only one that changes all the time gets so far. */
const mostTries = 20;

const keyOf = ({ pid, startTicks, path }: Identity): string => `${pid} ${startTicks} ${path}`;

/** A point of the past in ticks since boot; infinite where a container is told an uptime of its own. */
export function bootTicks(secondsAgo: number): number {
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ', 1)[0]);
  const own = processStat(process.pid)?.startTicks ?? Number.NaN;
  if (!(uptime * ticksPerSecond >= own)) return Number.POSITIVE_INFINITY;
  // A start is rounded down to its tick, and a program ended somewhat after it was last seen.
  return Math.floor((uptime - secondsAgo) * ticksPerSecond) - 1;
}
