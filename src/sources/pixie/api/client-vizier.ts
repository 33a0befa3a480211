import type { MutationOutcome, RunOptions, ScriptResult, TracepointState, Vizier } from '../vizier.js';
import type { PixieAPIClient } from './client.js';
import type { VizierQueryResult } from './execution.js';
import { LifeCycleState, type MutationInfo } from './gen/vizierapi_pb.js';
import { BrokenTable, joinTables } from './join-tables.js';

/** One cluster's Vizier by way of a client; the id is empty for a Vizier that is reached directly. */
export function clientVizier(client: PixieAPIClient, clusterId: string): Vizier {
  return {
    async run(script: string, { signal, mutation = false }: RunOptions): Promise<ScriptResult> {
      for await (const update of client.executeScript(clusterId, script, { signal, mutation })) {
        const { completionReason, error, results } = update;
        if (error !== undefined) throw error;
        if (completionReason === 'cancelled') throw signal.reason;
        if (completionReason === 'complete') return scriptResult(client, results);
      }
      throw client.brokenResult('the script ended without a word');
    },
  };
}

function scriptResult(client: PixieAPIClient, { tables, mutationInfo }: VizierQueryResult): ScriptResult {
  try {
    const mutation = mutationInfo === undefined ? {} : { mutation: mutationOutcome(mutationInfo) };
    return { tables: joinTables(tables), ...mutation };
  } catch (cause) {
    if (cause instanceof BrokenTable) throw client.brokenResult(cause.message, cause);
    throw cause;
  }
}

/** What became of a script's tracepoints. */
function mutationOutcome({ status, states }: MutationInfo): MutationOutcome {
  return {
    code: status?.code ?? 0,
    message: status?.message ?? '',
    states: states.map(({ id, name, state }) => ({ id, name, state: stateWords[state] ?? 'unknown' })),
  };
}

const stateWords: Readonly<Record<LifeCycleState, TracepointState['state']>> = {
  [LifeCycleState.UNKNOWN_STATE]: 'unknown',
  [LifeCycleState.PENDING_STATE]: 'pending',
  [LifeCycleState.RUNNING_STATE]: 'running',
  [LifeCycleState.FAILED_STATE]: 'failed',
  [LifeCycleState.TERMINATED_STATE]: 'terminated',
};
