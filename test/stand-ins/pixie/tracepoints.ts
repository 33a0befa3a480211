import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Program, Target } from './plan.js';

export type LifeCycle = 'pending' | 'running' | 'failed' | 'terminated' | 'unknown';

/** What one agent said of a tracepoint. `precondition`: its target was not there. */
export interface AgentReport {
  readonly state: LifeCycle;
  readonly problem?: { readonly code: 'precondition' | 'internal'; readonly message: string };
}

export interface Tracepoint {
  readonly id: string;
  readonly name: string;
  readonly table: string;
  readonly program: Program;
  readonly target: Target;
  /** By the agent's id. */
  readonly reports: Map<string, AgentReport>;
  expected: 'running' | 'terminated';
  /** Until when it lives, ns since the clock's origin; undefined: it was deleted. */
  untilNs: number | undefined;
}

export interface TracepointSummary {
  readonly state: LifeCycle;
  readonly messages: readonly string[];
}

export interface NewTracepoint {
  readonly name: string;
  readonly table: string;
  readonly program: Program;
  readonly target: Target;
  readonly untilNs: number;
}

/** The tracepoints of a cluster, as its metadata service keeps them (metadata/controllers/tracepoint/tracepoint.go). */
export class Tracepoints {
  readonly #byId = new Map<string, Tracepoint>();
  /** Names are never forgotten. */
  readonly #idOfName = new Map<string, string>();

  /** One with the same name and program lives on, wherever its target was; one with another program is to go. */
  upsert(wanted: NewTracepoint): { readonly tracepoint: Tracepoint; readonly isNew: boolean } {
    const previous = this.byName(wanted.name);
    if (previous?.expected === 'running') {
      const same = previous.table === wanted.table && isDeepStrictEqual(previous.program, wanted.program);
      previous.untilNs = same ? wanted.untilNs : undefined;
      if (same) return { tracepoint: previous, isNew: false };
    }
    const tracepoint: Tracepoint = { id: randomUUID(), ...wanted, reports: new Map(), expected: 'running' };
    this.#byId.set(tracepoint.id, tracepoint);
    this.#idOfName.set(tracepoint.name, tracepoint.id);
    return { tracepoint, isNew: true };
  }

  /** Takes their time to live away. False when any of the names was never used: then nothing happens. */
  remove(names: readonly string[]): boolean {
    if (!names.every((name) => this.#idOfName.has(name))) return false;
    for (const name of names) {
      const tracepoint = this.byName(name);
      if (tracepoint !== undefined) tracepoint.untilNs = undefined;
    }
    return true;
  }

  /** Those whose time is over, which are from now on to be terminated. */
  reap(nowNs: number): readonly Tracepoint[] {
    const over = this.all().filter(
      ({ expected, untilNs }) => expected === 'running' && (untilNs === undefined || untilNs <= nowNs),
    );
    for (const tracepoint of over) tracepoint.expected = 'terminated';
    return over;
  }

  /** Once every agent that ever spoke of a tracepoint says that it is gone, so it is. */
  report(id: string, { agent, ...report }: AgentReport & { readonly agent: string }): void {
    const tracepoint = this.#byId.get(id);
    if (tracepoint === undefined) return;
    tracepoint.reports.set(agent, report);
    const states = [...tracepoint.reports.values()].map(({ state }) => state);
    if (states.every((state) => state === 'terminated')) this.#byId.delete(id);
  }

  /** An agent was started anew: what it said is void. */
  forgetAgent(agent: string): void {
    for (const { reports } of this.#byId.values()) reports.delete(agent);
  }

  byId(id: string): Tracepoint | undefined {
    return this.#byId.get(id);
  }

  byName(name: string): Tracepoint | undefined {
    return this.#byId.get(this.#idOfName.get(name) ?? '');
  }

  all(): readonly Tracepoint[] {
    return [...this.#byId.values()];
  }
}

/** What a tracepoint is taken for as a whole (metadata/controllers/server.go). */
export function summarize({ reports }: Tracepoint): TracepointSummary {
  const said = [...reports.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, report]) => report);
  if (said.length === 0) return { state: 'pending', messages: [] };
  for (const state of ['terminated', 'running', 'pending'] as const) {
    if (said.some((report) => report.state === state)) return { state, messages: [] };
  }
  if (!said.some(({ state }) => state === 'failed')) return { state: 'unknown', messages: [] };
  const grave = said.filter(({ state, problem }) => state === 'failed' && problem?.code === 'internal');
  const shown = grave.length > 0 ? grave : said.slice(0, 1);
  return { state: 'failed', messages: shown.map(({ problem }) => problem?.message ?? '') };
}
