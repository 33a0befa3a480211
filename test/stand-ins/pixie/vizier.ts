import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import {
  type ExecuteScriptRequest,
  type ExecuteScriptResponse,
  ExecuteScriptResponseSchema,
  type StatusSchema,
} from '../../../src/sources/pixie/api/gen/vizierapi_pb.js';
import type { Clock } from '../../../src/system/clock.js';
import { Agent } from './agent.js';
import { AgentClock } from './agent-clock.js';
import { encryptorFor } from './encryption.js';
import { VizierFailure } from './failure.js';
import { appended, computeFrame, type FrameSources, firstRows } from './frame.js';
import { mutate } from './mutation.js';
import type { NodeOptions, Times } from './options.js';
import { CompilerError, type Plan } from './plan.js';
import type { Planner } from './planner.js';
import { type Pod, type PodOptions, Pods } from './pods.js';
import { processStats, processStatsColumns } from './process-stats.js';
import { maxOutputRows } from './query-flags.js';
import { RunningQueries } from './running-queries.js';
import type { ReadOptions } from './stored-table.js';
import { Tracepoints } from './tracepoints.js';
import { callUdtf } from './udtfs.js';
import type { ColumnSpec, Frame } from './values.js';
import { type AnswerTable, batchesOf, metadataOf, statsOf } from './wire.js';

export interface VizierOptions {
  readonly clock: Clock;
  readonly planner: Planner;
  readonly nodes: readonly NodeOptions[];
  readonly times: Times;
  readonly clockOffsetMs: number;
  readonly tableBytes: number;
  readonly rowsPerBatch: number;
  readonly messageDelayMs: number;
  readonly version: string;
}

/** Pixie in one cluster: an agent a node, the metadata service and the query broker. */
export class Vizier {
  readonly pods: Pods;
  readonly tracepoints = new Tracepoints();
  readonly agents: readonly Agent[];
  /** What its health checks say. */
  healthy = true;
  readonly #options: VizierOptions;
  readonly #queries: RunningQueries;
  readonly #brokerClock: AgentClock;
  readonly #ending = new AbortController();
  readonly #running: Promise<unknown>;

  constructor(options: VizierOptions) {
    const { clock, nodes, times, messageDelayMs } = options;
    const { signal } = this.#ending;
    setMaxListeners(0, signal);
    this.#options = options;
    this.pods = new Pods(clock);
    this.#queries = new RunningQueries({ clock, timeoutMs: times.consumerTimeoutMs, messageDelayMs });
    this.#brokerClock = new AgentClock(clock, options.clockOffsetMs);
    const common = { ...options, pods: this.pods, tracepoints: this.tracepoints, signal };
    this.agents = nodes.map((node, index) => new Agent({ ...common, node, asid: index + 2 }));
    const loops = [...this.agents.map((agent) => agent.run()), this.#reap()];
    this.#running = Promise.allSettled(loops);
  }

  addPod(options: PodOptions): Pod {
    const agent = this.agents.find(
      ({ options: { node } }) => options.node === undefined || node.name === options.node,
    );
    if (agent === undefined) throw new Error(`no node '${options.node}'`);
    const { asid, node } = agent.options;
    return this.pods.add(options, { node: node.name, asid });
  }

  /** Runs a script, or goes on with a query that runs already. Throws `VizierFailure`, and the signal's reason. */
  async *execute(request: ExecuteScriptRequest, signal: AbortSignal): AsyncGenerator<ExecuteScriptResponse> {
    const encrypt = encryptorOf(request);
    const queryId = request.queryId === '' ? randomUUID() : request.queryId;
    if (request.queryId === '') {
      const maxRows = maxOutputRows(request.queryStr);
      try {
        const plan = await this.#compile(request);
        if (request.mutation) yield this.#mutate(plan, queryId);
        const tables = this.#answer(plan, maxRows);
        for (const table of tables) yield metadataOf(queryId, table);
        this.#queries.register(queryId, this.#messages(queryId, tables));
      } catch (error) {
        if (error instanceof NotReady) {
          yield error.response;
          throw new VizierFailure(error.status.code ?? 0, error.status.message ?? '');
        }
        if (!(error instanceof CompilerError)) throw error;
        yield create(ExecuteScriptResponseSchema, { queryId, status: statusOf(error) });
        throw new VizierFailure(Code.InvalidArgument, error.message);
      }
    }
    for await (const message of this.#queries.take(queryId, signal)) yield encrypt(message);
  }

  /** Ends its agents; nothing of it is left running. */
  async close(): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }

  #compile({ queryStr, execFuncs }: ExecuteScriptRequest): Promise<Plan> {
    const functions = execFuncs.map(({ funcName, argValues, outputTablePrefix }) => ({
      name: funcName,
      prefix: outputTablePrefix,
      args: Object.fromEntries(argValues.map(({ name, value }) => [name, value])),
    }));
    return this.#options.planner.plan(queryStr, functions);
  }

  /** What became of a script's mutations. Throws `NotReady` when its query cannot run yet, and `VizierFailure`. */
  #mutate(plan: Plan, queryId: string): ExecuteScriptResponse {
    const { clock } = this.#options;
    const { states, tables } = mutate(plan.mutations, {
      nowNs: clock.nowNs(),
      tracepoints: this.tracepoints,
      agents: this.agents,
    });
    const allRun = states.every(({ state }) => state === 'running');
    const known = this.#schema();
    const status = (!allRun && inProgress) ||
      (!tables.every((name) => known.has(name)) && noSchema) || { code: 0, message: '' };
    const response = create(ExecuteScriptResponseSchema, {
      queryId,
      mutationInfo: {
        status,
        states: states.map(({ id, name, state }) => ({ id, name, state: lifeCycles[state] })),
      },
    });
    if (status.code !== 0) throw new NotReady(response, status);
    return response;
  }

  /** The tables that a plan displays. Throws `CompilerError`. */
  #answer(plan: Plan, maxRows: number): readonly AnswerTable[] {
    if (plan.displays.length === 0) {
      throw new CompilerError('query does not output a result, please add a px.display() statement');
    }
    const schema = this.#schema();
    const nowNs = this.#brokerClock.unixNs();
    const sources: FrameSources = {
      nowNs,
      podOf: (upid) => this.pods.byUpid(upid),
      schemaOf: (table) => schema.get(table),
      read: (table, options) => this.#read(table, { ...options, columns: schema.get(table) ?? [] }),
      callUdtf: (name, args) =>
        callUdtf(name, args, {
          ...{ agents: this.agents, tracepoints: this.tracepoints, nowNs },
          tables: [...schema.keys()],
          version: this.#options.version,
        }),
    };
    return plan.displays.map(({ name, frame }) => {
      const whole = computeFrame(frame, sources);
      return { id: randomUUID(), name, frame: firstRows(whole, maxRows) };
    });
  }

  /** The tables that the broker knows of by now. */
  #schema(): ReadonlyMap<string, readonly ColumnSpec[]> {
    const knownSinceNs = this.#options.clock.nowNs() - this.#options.times.schemaMs * 1e6;
    const schema = new Map<string, readonly ColumnSpec[]>([['process_stats', processStatsColumns]]);
    for (const agent of this.agents) {
      for (const [name, table] of agent.tables) {
        if ((agent.tableSinceNs.get(name) ?? Infinity) <= knownSinceNs) schema.set(name, table.columns);
      }
    }
    return schema;
  }

  /** A table's rows on every node, one node after the other. */
  #read(table: string, { columns, ...span }: ReadOptions & { columns: readonly ColumnSpec[] }): Frame {
    const frames = this.agents.flatMap((agent) => {
      if (table === 'process_stats') {
        const pods = this.pods.all.filter(({ node }) => node === agent.options.node.name);
        const nowNs = agent.clock.unixNs();
        return [processStats(pods, { ...span, nowNs, toUnixNs: (ns) => agent.clock.unixNs(ns) })];
      }
      return agent.tables.get(table)?.read(span) ?? [];
    });
    const [first = { rows: 0, columns: columns.map((spec) => ({ ...spec, values: [] })) }, ...others] =
      frames;
    return others.reduce((sum, other) => appended(sum, { other, place: { line: 1, column: 1 } }), first);
  }

  *#messages(queryId: string, tables: readonly AnswerTable[]): Generator<ExecuteScriptResponse> {
    const { rowsPerBatch } = this.#options;
    for (const table of tables) yield* batchesOf(queryId, { table, rowsPerBatch });
    yield statsOf(queryId, tables);
  }

  async #reap(): Promise<void> {
    const { clock, times } = this.#options;
    for (;;) {
      await clock.sleep(times.reaperMs, this.#ending.signal);
      for (const { id } of this.tracepoints.reap(clock.nowNs())) {
        for (const agent of this.agents) agent.remove(id);
      }
    }
  }
}

const lifeCycles = { unknown: 0, pending: 1, running: 2, failed: 3, terminated: 4 };
const inProgress = { code: Code.Unavailable, message: 'probe installation in progress' };
const noSchema = { code: Code.Unavailable, message: 'Schema is not ready yet' };

/** A mutation that is not in place: its outcome is told, then the call fails. */
class NotReady extends Error {
  readonly response: ExecuteScriptResponse;
  readonly status: { readonly code?: number; readonly message?: string };

  constructor(response: ExecuteScriptResponse, status: { code: number; message: string }) {
    super(status.message);
    this.response = response;
    this.status = status;
  }
}

/** A compiler's error: with its place in the details, or as a message alone when it has none. */
function statusOf({ message, place }: CompilerError): MessageInitShape<typeof StatusSchema> {
  if (place === undefined) return { code: Code.InvalidArgument, message };
  const compilerError = { line: BigInt(place.line), column: BigInt(place.column), message };
  return {
    code: Code.InvalidArgument,
    message,
    errorDetails: [{ error: { case: 'compilerError', value: compilerError } }],
  };
}

function encryptorOf({
  encryptionOptions,
}: ExecuteScriptRequest): (response: ExecuteScriptResponse) => ExecuteScriptResponse {
  if (encryptionOptions === undefined) return (response) => response;
  try {
    return encryptorFor(encryptionOptions);
  } catch (error) {
    throw new VizierFailure(Code.Unknown, error instanceof Error ? error.message : String(error));
  }
}
