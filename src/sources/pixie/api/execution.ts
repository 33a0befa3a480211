import type { GctopError } from '../../../error.js';
import type {
  ExecuteScriptResponse,
  MutationInfo,
  QueryExecutionStats,
  QueryMetadata,
  Relation,
  RowBatchData,
  Status,
} from './gen/vizierapi_pb.js';

/** A function of a script to run instead of its px.display; every argument is text. */
export interface VizierQueryFunc {
  readonly name: string;
  /** What its table is called; several tables: `prefix[0]`, `prefix[1]`, ... */
  readonly outputTablePrefix: string;
  readonly args: readonly VizierQueryArg[];
}

export interface VizierQueryArg {
  readonly name: string;
  readonly value: string;
}

/** A table as it comes: its batches in the order of their arrival. */
export interface VizierTable {
  readonly id: string;
  readonly name: string;
  readonly relation: Relation | undefined;
  readonly data: readonly RowBatchData[];
}

/** What has come so far; one object, which grows, goes with every update. */
export interface VizierQueryResult {
  readonly queryId: string | undefined;
  readonly tables: readonly VizierTable[];
  readonly status: Status | undefined;
  readonly executionStats: QueryExecutionStats | undefined;
  readonly mutationInfo: MutationInfo | undefined;
}

export interface BatchDataUpdate {
  readonly id: string;
  readonly name: string;
  readonly relation: Relation | undefined;
  readonly batch: RowBatchData;
}

export type ExecutionEvent =
  | { readonly type: 'start' }
  | { readonly type: 'metadata'; readonly table: VizierTable }
  | { readonly type: 'mutation-info'; readonly mutationInfo: MutationInfo }
  | { readonly type: 'data'; readonly data: readonly BatchDataUpdate[] }
  | { readonly type: 'status'; readonly status: Status }
  | { readonly type: 'stats'; readonly stats: QueryExecutionStats }
  | { readonly type: 'error'; readonly error: GctopError }
  | { readonly type: 'cancel' };

/** One step of a script's execution. */
export interface ExecutionStateUpdate {
  readonly event: ExecutionEvent;
  readonly results: VizierQueryResult;
  /** With the last update alone. */
  readonly completionReason?: 'complete' | 'cancelled' | 'error';
  readonly error?: GctopError;
}

/** Rows for a table that was never described: nobody could say what its columns are. */
export class UnknownTable extends Error {
  constructor(id: string) {
    super(`rows came for a table '${id}' that was never described`);
    this.name = 'UnknownTable';
  }
}

type Growing<T> = { -readonly [Key in keyof T]: T[Key] };
type GrowingTable = VizierTable & { readonly data: RowBatchData[] };

/** Gathers the answers to one script. */
export class Execution {
  readonly #tables: GrowingTable[] = [];
  #wasResumed = false;
  readonly #results: Growing<VizierQueryResult> = {
    queryId: undefined,
    tables: this.#tables,
    status: undefined,
    executionStats: undefined,
    mutationInfo: undefined,
  };

  get results(): VizierQueryResult {
    return this.#results;
  }

  /** Whether all is known: what is still to come is the end of the stream, well or badly. */
  get isOver(): boolean {
    const { mutationInfo, executionStats } = this.#results;
    const isPending = (mutationInfo?.status?.code ?? 0) !== 0;
    return isPending || executionStats !== undefined || this.failedStatus !== undefined;
  }

  /** A stream that was cut can lose what was under way: a table whose end did not come is not whole then. */
  get hasHole(): boolean {
    return this.#wasResumed && this.#tables.some(({ data }) => data.at(-1)?.eos !== true);
  }

  /** The stream was cut and is taken up again. */
  noteResume(): void {
    this.#wasResumed = true;
  }

  /** The status that says what went wrong: the error that ends the stream after it says less. */
  get failedStatus(): Status | undefined {
    const { status } = this.#results;
    return status === undefined || status.code === 0 ? undefined : status;
  }

  /** What an answer tells; `batch` is its rows, decrypted where they came so. Throws `UnknownTable`. */
  accept(response: ExecuteScriptResponse, batch: RowBatchData | undefined): readonly ExecutionEvent[] {
    const { status, mutationInfo, result } = response;
    if (response.queryId !== '') this.#results.queryId ??= response.queryId;
    const events: ExecutionEvent[] = [];
    if (status !== undefined && (status.code !== 0 || status.message !== '')) {
      if (this.failedStatus === undefined) this.#results.status = status;
      events.push({ type: 'status', status });
    }
    if (mutationInfo !== undefined) {
      this.#results.mutationInfo = mutationInfo;
      events.push({ type: 'mutation-info', mutationInfo });
    }
    if (result.case === 'metaData') events.push(...this.#describe(result.value));
    if (batch !== undefined) events.push({ type: 'data', data: [this.#add(batch)] });
    const stats = result.case === 'data' ? result.value.executionStats : undefined;
    if (stats !== undefined) {
      this.#results.executionStats = stats;
      events.push({ type: 'stats', stats });
    }
    return events;
  }

  /** A stream that was cut and goes on may describe a table once more. */
  #describe({ id, name, relation }: QueryMetadata): readonly ExecutionEvent[] {
    if (this.#table(id) !== undefined) return [];
    const table: GrowingTable = { id, name, relation, data: [] };
    this.#tables.push(table);
    return [{ type: 'metadata', table }];
  }

  #add(batch: RowBatchData): BatchDataUpdate {
    const table = this.#table(batch.tableId);
    if (table === undefined) throw new UnknownTable(batch.tableId);
    table.data.push(batch);
    const { id, name, relation } = table;
    return { id, name, relation, batch };
  }

  #table(id: string): GrowingTable | undefined {
    return this.#tables.find((table) => table.id === id);
  }
}
