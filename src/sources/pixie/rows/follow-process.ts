import type { CallRow } from './rows.js';

/**
 * Tells the rows of the watched process from those of others: a probe sits in the file, so every process that runs it
 * makes rows, a health check in the same container too. Another process takes over when it has spoken for a while
 * during which the one before was silent.
 */
export class ProcessFollower {
  #current: string | undefined;
  #candidate: Candidate | undefined;
  /** Processes that spoke beside the watched one; the oldest are forgotten. */
  readonly #siblings = new Set<string>();
  /** Rows of other processes that were left out. */
  foreign = 0;

  /** Hands on the row, nothing yet, or all that was held of a process that took over; in order within a process. */
  take(row: CallRow, handle: (row: CallRow) => void): void {
    this.#current ??= row.process === '' ? undefined : row.process;
    if (row.process === this.#current || row.process === '') {
      if (this.#candidate !== undefined) this.#reject(this.#candidate);
      handle(row);
      return;
    }
    const candidate = this.#candidateOf(row);
    candidate.held.push(row);
    const patienceNs = this.#siblings.has(row.process) ? siblingPatienceNs : successorPatienceNs;
    if (row.atNs - candidate.sinceNs < patienceNs && candidate.held.length < mostHeld) return;
    this.#current = row.process;
    this.#candidate = undefined;
    for (const held of candidate.held) handle(held);
  }

  #candidateOf(row: CallRow): Candidate {
    if (this.#candidate?.process === row.process) return this.#candidate;
    if (this.#candidate !== undefined) this.#reject(this.#candidate);
    this.#candidate = { process: row.process, sinceNs: row.atNs, held: [] };
    return this.#candidate;
  }

  #reject({ process, held }: Candidate): void {
    this.foreign += held.length;
    this.#siblings.add(process);
    const [oldest] = this.#siblings;
    if (this.#siblings.size > siblingsKept && oldest !== undefined) this.#siblings.delete(oldest);
    this.#candidate = undefined;
  }
}

interface Candidate {
  readonly process: string;
  readonly sinceNs: number;
  readonly held: CallRow[];
}

/** Longer than a health check lives. */
const successorPatienceNs = 1e9;
/** A process that was heard beside the watched one is no restart of it; the watched one may be idle or gone. */
const siblingPatienceNs = 10e9;
const mostHeld = 20_000;
const siblingsKept = 64;
