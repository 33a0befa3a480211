import { GctopError } from '../../../../src/error.js';
import type { Answer, Request } from '../../../../src/sources/pixie/deployment/state.js';
import type { StatusRow } from '../../../../src/sources/pixie/deployment/status-rows.js';
import { row } from './story.js';

interface Standing {
  readonly runsAtS: number;
  /** Undefined: it was deleted. */
  untilS: number | undefined;
}

const reaperS = 30;

/** What several deployments share: a cluster that keeps names and times to live as Pixie does. Times are seconds. */
export class SharedCluster {
  readonly #deployS: number;
  readonly #standing = new Map<string, Standing>();
  readonly #known = new Set<string>();
  #nowS = 0;

  constructor(deployS: number) {
    this.#deployS = deployS;
  }

  passTo(nowS: number): void {
    const isReaped = Math.floor(nowS / reaperS) > Math.floor(this.#nowS / reaperS);
    this.#nowS = nowS;
    if (!isReaped) return;
    for (const [name, { untilS = 0 }] of this.#standing) if (untilS <= nowS) this.#standing.delete(name);
  }

  answer(request: Request): Answer {
    switch (request.type) {
      case 'status':
      case 'look':
        return { type: 'result', rows: this.rows() };
      case 'delete':
        return this.#remove(request.name);
      case 'upsert':
        for (const { name } of request.tracepoints) this.#renew(name, request.ttlMs / 1000);
        return this.#outcome(request.tracepoints.map(({ name }) => name));
    }
  }

  rows(): readonly StatusRow[] {
    return [...this.#standing.keys()].map((name) => row(name, this.#stateOf(name)));
  }

  /** What runs, but for canaries. */
  running(): readonly string[] {
    const names = this.rows().flatMap(({ name, state }) => (state === 'running' ? name : []));
    return names.filter((name) => !name.includes('canary')).sort();
  }

  #renew(name: string, ttlS: number): void {
    const runsAtS = this.#standing.get(name)?.runsAtS ?? this.#nowS + this.#deployS;
    this.#standing.set(name, { runsAtS, untilS: this.#nowS + ttlS });
    this.#known.add(name);
  }

  #remove(name: string): Answer {
    if (!this.#known.has(name)) {
      return { type: 'failure', error: new GctopError('PIXIE_FAILED', 'failed to delete tracepoints') };
    }
    const standing = this.#standing.get(name);
    if (standing !== undefined) standing.untilS = undefined;
    return this.#outcome([]);
  }

  #stateOf(name: string): 'running' | 'pending' {
    return (this.#standing.get(name)?.runsAtS ?? Infinity) <= this.#nowS ? 'running' : 'pending';
  }

  #outcome(names: readonly string[]): Answer {
    const states = names.map((name) => ({
      id: `${name} since ${this.#standing.get(name)?.runsAtS}`,
      name,
      state: this.#stateOf(name),
    }));
    const code = states.length > 0 && states.every(({ state }) => state === 'running') ? 0 : 14;
    return { type: 'result', mutation: { code, message: '', states } };
  }
}
