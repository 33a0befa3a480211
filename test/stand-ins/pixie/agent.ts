import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../src/system/clock.js';
import { AgentClock } from './agent-clock.js';
import { CallTap } from './call-tap.js';
import { matchSymbol, outputOf, ProbeError, type ProbeOutput } from './functions.js';
import type { NodeOptions, Times } from './options.js';
import type { Pod, Pods } from './pods.js';
import { type KnownPod, resolveTarget, TargetError } from './resolve.js';
import { StoredTable } from './stored-table.js';
import type { AgentReport, LifeCycle, Tracepoint, Tracepoints } from './tracepoints.js';
import { type ColumnSpec, sameColumns } from './values.js';

export interface AgentOptions {
  readonly clock: Clock;
  readonly node: NodeOptions;
  readonly clockOffsetMs: number;
  readonly asid: number;
  readonly times: Times;
  readonly tableBytes: number;
  readonly pods: Pods;
  readonly tracepoints: Tracepoints;
  readonly signal: AbortSignal;
}

/** How far the placing of a probe is, as far as the agent's tracer knows. */
type Placing =
  | { readonly type: 'failed'; readonly code: 'precondition' | 'internal'; readonly message: string }
  | {
      readonly type: 'deploying';
      readonly doneNs: number;
      readonly pod: Pod;
      readonly placed: Placed | ProbeError;
    }
  | { readonly type: 'removing' };

interface Placed {
  readonly symbol: string;
  readonly outputs: readonly ProbeOutput[];
}

interface Registered {
  readonly tracepoint: Tracepoint;
  reported: LifeCycle;
  placing: Placing;
  tap: CallTap | undefined;
}

/** Columns that every probe of a Go function has. */
const commonColumns: readonly ColumnSpec[] = [
  { name: 'upid', type: 'uint128' },
  { name: 'time_', type: 'time64ns' },
  { name: 'goid_', type: 'int64' },
];

/** What Pixie runs on each node: it places probes in the node's processes and keeps their rows (agent/pem/tracepoint_manager.cc). */
export class Agent {
  readonly id = randomUUID();
  readonly clock: AgentClock;
  readonly tables = new Map<string, StoredTable>();
  /** Since when each table is there, ns since the clock's origin. */
  readonly tableSinceNs = new Map<string, number>();
  readonly options: AgentOptions;
  readonly #registered = new Map<string, Registered>();
  #metadataSinceNs: number;

  constructor(options: AgentOptions) {
    this.options = options;
    this.clock = new AgentClock(options.clock, options.clockOffsetMs + (options.node.clockOffsetMs ?? 0));
    this.#metadataSinceNs = options.clock.nowNs();
  }

  /** Looks and pushes at its times until the signal ends it. */
  async run(): Promise<void> {
    const { monitorMs, pushMs } = this.options.times;
    await Promise.all([
      this.#every(monitorMs, () => this.#monitor()),
      this.#every(pushMs, () => this.#push()),
    ]);
  }

  /** The target is looked for once, now. */
  register(tracepoint: Tracepoint): void {
    this.#registered.set(tracepoint.id, {
      ...{ tracepoint, reported: 'pending', tap: undefined },
      placing: this.#place(tracepoint),
    });
  }

  remove(id: string): void {
    const registered = this.#registered.get(id);
    if (registered === undefined) return;
    registered.placing = { type: 'removing' };
    registered.tap = undefined;
  }

  /** As when its pod was replaced: tables, probes and knowledge are lost, and what lives is placed anew. */
  restart(): void {
    this.tables.clear();
    this.tableSinceNs.clear();
    this.#registered.clear();
    this.#metadataSinceNs = this.options.clock.nowNs() + this.options.times.metadataLagMs * 1e6;
    this.options.tracepoints.forgetAgent(this.id);
    for (const tracepoint of this.options.tracepoints.all()) {
      if (tracepoint.expected === 'running') this.register(tracepoint);
    }
  }

  #place({ target, program }: Tracepoint): Placing {
    const nowNs = this.options.clock.nowNs();
    if (nowNs < this.#metadataSinceNs) {
      return precondition('Failed to get K8s metadata; cannot resolve K8s entity to UPID');
    }
    try {
      const pod = resolveTarget(target, this.#knownPods());
      const doneNs = nowNs + this.options.times.deployMs * 1e6;
      return { type: 'deploying', doneNs, pod, placed: placedIn(pod, program) };
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      // Pixie prints the status, code and all, into its own message.
      const why = `Failed Precondition : ${error.message}`;
      return precondition(`Target binary/UPID not found, error message: ${why}`);
    }
  }

  /** The pods of this node that its metadata have by now; of one name, the newest. */
  #knownPods(): readonly KnownPod[] {
    const { clock, pods, node, times } = this.options;
    const byName = new Map<string, KnownPod>();
    for (const pod of pods.all) {
      const knownSinceNs = clock.nowNs() - (pod.knownAfterMs ?? times.metadataLagMs) * 1e6;
      if (pod.node !== node.name || pod.startedNs > knownSinceNs) continue;
      const ended = pod.endedNs !== undefined && pod.endedNs <= knownSinceNs;
      byName.set(`${pod.namespace}/${pod.name}`, { pod, ended });
    }
    return [...byName.values()];
  }

  #monitor(): void {
    for (const registered of this.#registered.values()) {
      const { tracepoint } = registered;
      const report = this.#look(registered);
      if (report.state === registered.reported) continue;
      registered.reported = report.state;
      this.options.tracepoints.report(tracepoint.id, { agent: this.id, ...report });
      if (report.state === 'terminated') this.#registered.delete(tracepoint.id);
    }
  }

  #look(registered: Registered): AgentReport {
    const { placing, tracepoint } = registered;
    if (placing.type === 'removing') return { state: 'terminated' };
    if (placing.type === 'failed') return { state: 'failed', problem: placing };
    if (this.options.clock.nowNs() < placing.doneNs) return { state: 'pending' };
    if (placing.placed instanceof ProbeError) return internalFailure(placing.placed.message);
    if (registered.tap !== undefined) return { state: 'running' };
    const columns = [...commonColumns, ...placing.placed.outputs.map(columnOf)];
    const table = this.#tableFor(tracepoint.table, columns);
    if (table === undefined) {
      return internalFailure(
        'Tracepoint is not compatible with the schema of the specified output table. ' +
          `[table_name=${tracepoint.table}]`,
      );
    }
    const { symbol, outputs } = placing.placed;
    const sinceNs = this.options.clock.nowNs();
    const { node, image } = placing.pod;
    registered.tap = new CallTap({ node, image, symbol, outputs, sinceNs, table });
    return { state: 'running' };
  }

  /** The table of that name, made when there is none; undefined when it has other columns. */
  #tableFor(name: string, columns: readonly ColumnSpec[]): StoredTable | undefined {
    const existing = this.tables.get(name);
    if (existing !== undefined) return sameColumns(existing.columns, columns) ? existing : undefined;
    const table = new StoredTable(columns, this.options.tableBytes);
    this.tables.set(name, table);
    this.tableSinceNs.set(name, this.options.clock.nowNs());
    return table;
  }

  #push(): void {
    const { clock, pods, times } = this.options;
    const drainNs = times.drainMs * 1e6;
    const drainedNs = Math.floor(clock.nowNs() / drainNs) * drainNs;
    for (const { tap } of this.#registered.values()) {
      tap?.pushUntil(drainedNs, { pods: pods.all, toUnixNs: (ns) => this.clock.unixNs(ns) });
    }
  }

  async #every(periodMs: number, act: () => void): Promise<void> {
    const { clock, signal } = this.options;
    for (;;) {
      await clock.sleep(periodMs, signal);
      act();
    }
  }
}

function placedIn({ functions, goVersion }: Pod, program: Tracepoint['program']): Placed | ProbeError {
  try {
    const { symbol, values } = matchSymbol(functions, program.symbol);
    return { symbol, outputs: program.outputs.map((output) => outputOf(output, { values, goVersion })) };
  } catch (error) {
    if (error instanceof ProbeError) return error;
    throw error;
  }
}

const precondition = (message: string): Placing => ({ type: 'failed', code: 'precondition', message });

const internalFailure = (message: string): AgentReport => ({
  state: 'failed',
  problem: { code: 'internal', message },
});

const columnOf = ({ recordedAs: _, ...spec }: ProbeOutput): ColumnSpec => spec;
