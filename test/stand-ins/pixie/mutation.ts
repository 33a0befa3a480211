import { Code } from '@connectrpc/connect';
import type { Agent } from './agent.js';
import { VizierFailure } from './failure.js';
import type { Mutation, Upsert } from './plan.js';
import { type LifeCycle, summarize, type Tracepoints } from './tracepoints.js';

export interface MutationSources {
  readonly nowNs: number;
  readonly tracepoints: Tracepoints;
  readonly agents: readonly Agent[];
}

export interface MutationResult {
  readonly states: readonly { readonly id: string; readonly name: string; readonly state: LifeCycle }[];
  /** Into which its tracepoints write. */
  readonly tables: readonly string[];
}

/** Does what a script asks of its tracepoints (mutation_executor.go). Throws `VizierFailure`. */
export function mutate(
  mutations: readonly Mutation[],
  { nowNs, tracepoints, agents }: MutationSources,
): MutationResult {
  const upserts = mutations.filter((mutation): mutation is Upsert => mutation.kind === 'upsert');
  const deleted = mutations.filter(({ kind }) => kind === 'delete').map(({ name }) => name);
  refuseTwice(upserts);
  const ids = new Map<string, string>();
  for (const { name, table, program, target, ttlNs } of upserts) {
    const wanted = { name, table, program, target, untilNs: nowNs + Number(ttlNs) };
    const { tracepoint, isNew } = tracepoints.upsert(wanted);
    ids.set(name, tracepoint.id);
    if (isNew) for (const agent of agents) agent.register(tracepoint);
  }
  if (deleted.length > 0 && !tracepoints.remove(deleted)) {
    throw new VizierFailure(Code.Unknown, 'failed to delete tracepoints');
  }
  for (const name of deleted) ids.delete(name);
  // The filter by id is empty when nothing was placed: then every tracepoint is listed.
  const listed = ids.size === 0 ? tracepoints.all().map(({ id, name }) => [name, id] as const) : [...ids];
  return {
    tables: [...new Set(upserts.map(({ table }) => table))],
    states: listed.map(([name, id]) => {
      const tracepoint = tracepoints.byId(id);
      if (tracepoint === undefined) return { id, name: '', state: 'unknown' };
      return { id, name, state: summarize(tracepoint).state };
    }),
  };
}

function refuseTwice(upserts: readonly Upsert[]): void {
  const seen = new Set<string>();
  for (const { name } of upserts) {
    if (seen.has(name)) throw new VizierFailure(Code.Unknown, `tracepoint with name '${name}', already used`);
    seen.add(name);
  }
}
