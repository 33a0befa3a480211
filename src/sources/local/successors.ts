import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { processStat } from './process.js';
import { byLikelihood, type Identity, identityOf, sameProgram } from './same-program.js';

/** A process that runs the program of one that has ended, and what proves it. */
export interface Successor {
  readonly identity: Identity;
  readonly proof: string;
}

/**
 * Looks for the successor of a program that has ended. Only processes that were started since it was last seen alive
 * count: what ran beside it is another one of its kind. Each of those is asked again with every look, for it may still
 * run what starts the program.
 */
export class Successors {
  readonly #ended: Identity;
  readonly #aliveTicks: number;
  /** Processes that are of no interest for good. */
  readonly #passed = new Set<number>();
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
    const found = this.#newPids().flatMap((pid): readonly Successor[] => {
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

  #newPids(): readonly number[] {
    const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
    const running = new Set(pids);
    for (const pid of this.#passed) if (!running.has(pid)) this.#passed.delete(pid);
    const fresh = pids.filter((pid) => !this.#passed.has(pid));
    return fresh.filter((pid) => this.#isNew(pid));
  }

  #isNew(pid: number): boolean {
    // The same process runs another program after an exec.
    if (pid === this.#ended.pid) return true;
    const stat = processStat(pid);
    if (stat === undefined) return false;
    const isNew = this.#looks > 0 || Number(stat.startTicks) >= this.#aliveTicks;
    if (!isNew) this.#passed.add(pid);
    return isNew;
  }
}

/** A process that is gone at a second look is no longer listed: only one that changes all the time gets so far. */
const mostTries = 20;

const keyOf = ({ pid, startTicks, path }: Identity): string => `${pid} ${startTicks} ${path}`;

/** How many ticks a second /proc counts in, on every machine that Linux runs on (USER_HZ). */
export const ticksPerSecond = 100;

/** A point of the past in ticks since boot; infinite where a container is told an uptime of its own. */
export function bootTicks(secondsAgo: number): number {
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ', 1)[0]);
  const own = Number(processStat(process.pid)?.startTicks);
  if (!(uptime * ticksPerSecond >= own)) return Number.POSITIVE_INFINITY;
  // A start is rounded down to its tick, and a program ended somewhat after it was last seen.
  return Math.floor((uptime - secondsAgo) * ticksPerSecond) - 1;
}
