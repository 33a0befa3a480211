import { Code } from '@connectrpc/connect';
import type { ExecuteScriptResponse } from '../../../src/sources/pixie/api/gen/vizierapi_pb.js';
import type { Clock } from '../../../src/system/clock.js';
import { VizierFailure } from './failure.js';

interface RunningQuery {
  readonly messages: Iterator<ExecuteScriptResponse>;
  /** Ends whoever takes its messages now. */
  cancelConsumer: () => void;
  takenAtNs: number;
}

export interface RunningQueriesOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly messageDelayMs: number;
}

/** Results on their way: whoever was cut off may ask for what was not taken yet (query_result_forwarder.go). */
export class RunningQueries {
  readonly #byId = new Map<string, RunningQuery>();
  readonly #options: RunningQueriesOptions;

  constructor(options: RunningQueriesOptions) {
    this.#options = options;
  }

  register(id: string, messages: Iterator<ExecuteScriptResponse>): void {
    this.#byId.set(id, { messages, cancelConsumer: () => {}, takenAtNs: this.#options.clock.nowNs() });
  }

  /** The messages of a query that nobody took yet. One may take them at a time: the last one who asked. */
  async *take(id: string, signal: AbortSignal): AsyncGenerator<ExecuteScriptResponse> {
    const { clock, messageDelayMs, timeoutMs } = this.#options;
    const query = this.#byId.get(id);
    if (query === undefined || clock.nowNs() - query.takenAtNs > timeoutMs * 1e6) {
      this.#byId.delete(id);
      const text = `error in StreamResults: Query ${id} not registered in query forwarder`;
      throw new VizierFailure(Code.Unknown, text);
    }
    query.cancelConsumer();
    let cancelled = false;
    query.cancelConsumer = () => {
      cancelled = true;
    };
    for (;;) {
      if (messageDelayMs > 0) await clock.sleep(messageDelayMs, signal);
      if (cancelled) throw new VizierFailure(Code.Canceled, 'context canceled');
      signal.throwIfAborted();
      const next = query.messages.next();
      query.takenAtNs = clock.nowNs();
      if (next.done) break;
      yield next.value;
    }
    this.#byId.delete(id);
  }
}
