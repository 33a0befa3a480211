import { create } from '@bufbuild/protobuf';
import { type Client, createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import type { GctopError } from '../../../error.js';
import type { Clock } from '../../../system/clock.js';
import { answer, type CallContext, callFailure, defaultPatience, messages, type Patience } from './call.js';
import { type PixieCluster, pixieCluster } from './clusters.js';
import type { Header } from './credentials.js';
import { type ExecuteScriptOptions, executeScript } from './execute-script.js';
import type { ExecutionStateUpdate } from './execution.js';
import { VizierClusterInfo } from './gen/cloudapi_pb.js';
import { type Status, StatusSchema, VizierService } from './gen/vizierapi_pb.js';
import { Http2Session } from './http2-session.js';
import { pixieError } from './pixie-error.js';
import type { PixieOptions } from './pixie-options.js';
import type { CalledPlace, PixieCall } from './problem.js';
import { createResultKey, type ResultKey, type ResultKeyOptions } from './result-key.js';
import { uuidHalves } from './uuid.js';

export interface PixieAPIClientContext extends ResultKeyOptions {
  readonly clock: Clock;
  /** Told once when rows come as they are although they were to come encrypted: an old Vizier. */
  readonly onPlainRows?: () => void;
  readonly patience?: Partial<Patience>;
}

/** An encrypted answer is a third longer than the 8 MiB at which Vizier's messages end. */
const longestMessage = 16 * 1024 * 1024;

/** A health check tells something every five seconds. */
const healthSilenceMs = 10_000;

/** A client of Pixie: its cloud, and through it the Viziers of its clusters; or one Vizier directly. */
export class PixieAPIClient {
  readonly options: PixieOptions;
  readonly #context: PixieAPIClientContext;
  readonly #patience: Patience;
  readonly #session: Http2Session;
  readonly #cloud: Client<typeof VizierClusterInfo>;
  readonly #vizier: Client<typeof VizierService>;
  #resultKey: Promise<ResultKey> | undefined;
  #toldPlainRows = false;

  /** Makes no connection yet; the key for results is made meanwhile. `close` when done with it. */
  static create(options: PixieOptions, context: PixieAPIClientContext): PixieAPIClient {
    return new PixieAPIClient(options, context);
  }

  private constructor(options: PixieOptions, context: PixieAPIClientContext) {
    this.options = options;
    this.#context = context;
    this.#patience = { ...defaultPatience, ...context.patience };
    const { address, tls } = options;
    const { connectMs } = this.#patience;
    this.#session = new Http2Session({ address, tls, clock: context.clock, connectMs });
    const transport = createGrpcTransport({
      baseUrl: this.#session.authority,
      sessionManager: this.#session,
      readMaxBytes: longestMessage,
      interceptors: [
        (next) => (request) => {
          for (const { name, value } of headers(options)) request.header.set(name, value);
          return next(request);
        },
      ],
    });
    this.#cloud = createClient(VizierClusterInfo, transport);
    this.#vizier = createClient(VizierService, transport);
    this.#key()?.catch(() => {}); // told to the script that needs it
  }

  /** Every cluster of the organisation. */
  async clusters(signal: AbortSignal): Promise<readonly PixieCluster[]> {
    const ask = (own: AbortSignal) => this.#cloud.getClusterInfo({}, { signal: own });
    try {
      return (await answer(ask, this.#callContext(signal))).clusters.map(pixieCluster);
    } catch (error) {
      throw this.#failed('GetClusterInfo', error, signal);
    }
  }

  /** One cluster by its id; nothing when the cloud knows none, or the text is no id. */
  async cluster(id: string, signal: AbortSignal): Promise<PixieCluster | undefined> {
    const halves = uuidHalves(id);
    if (halves === undefined) return undefined;
    const wanted = { id: { highBits: halves.high, lowBits: halves.low } };
    const ask = (own: AbortSignal) => this.#cloud.getClusterInfo(wanted, { signal: own });
    try {
      const { clusters } = await answer(ask, this.#callContext(signal));
      return clusters.map(pixieCluster).find((cluster) => cluster.id === id.toLowerCase());
    } catch (error) {
      throw this.#failed('GetClusterInfo', error, signal);
    }
  }

  /** How a cluster's Vizier is, at once and then every five seconds: code 0 is well, 14 unhealthy. */
  async *health(cluster: string, signal: AbortSignal): AsyncGenerator<Status, void, undefined> {
    const context = this.#callContext(signal);
    const silenceMs = Math.min(healthSilenceMs, this.#patience.silenceMs);
    const open = (own: AbortSignal) => this.#vizier.healthCheck({ clusterId: cluster }, { signal: own });
    let told = false;
    try {
      for await (const { status } of messages(open, { ...context, silenceMs })) {
        told = true;
        yield status ?? create(StatusSchema);
      }
    } catch (error) {
      throw this.#failed('HealthCheck', error, signal);
    }
    if (!told) yield create(StatusSchema); // a standalone PEM ends well without a word
  }

  /**
   * Runs a script and tells what comes of it as it comes. The last update has a `completionReason`; nothing is thrown.
   * A mutation that is not in place yet is complete with its `mutation-info`, whose status has code 14.
   */
  executeScript(
    cluster: string,
    script: string,
    options: ExecuteScriptOptions,
  ): AsyncGenerator<ExecutionStateUpdate, void, undefined> {
    return executeScript(
      {
        vizier: this.#vizier,
        key: () => this.#key(),
        context: this.#callContext(options.signal),
        place: this.#place('ExecuteScript'),
        onPlainRows: () => this.#tellPlainRows(),
      },
      { cluster, script, options },
    );
  }

  /** The error for a result that came and cannot be used. */
  brokenResult(broken: string, cause?: unknown): GctopError {
    return pixieError({ ...this.#place('ExecuteScript'), broken }, cause);
  }

  /** Ends every call and the connection; what is asked for afterwards fails. */
  close(): void {
    this.#session.end();
  }

  /** Made once, when first asked for. */
  #key(): Promise<ResultKey> | undefined {
    if (!this.options.encrypted) return undefined;
    this.#resultKey ??= createResultKey(this.#context);
    return this.#resultKey;
  }

  #tellPlainRows(): void {
    if (this.#toldPlainRows) return;
    this.#toldPlainRows = true;
    this.#context.onPlainRows?.();
  }

  #callContext(signal: AbortSignal): CallContext {
    const { clock } = this.#context;
    const { silenceMs } = this.#patience;
    return { session: this.#session, clock, patience: this.#patience, silenceMs, signal };
  }

  #place(call: PixieCall): CalledPlace {
    const { address, mode, tls, credential } = this.options;
    return {
      call,
      address,
      mode,
      plaintext: tls === undefined,
      // A bearer token is a secret without its first word as well.
      secrets: credential === undefined ? [] : [credential.value, credential.value.replace(/^bearer /, '')],
    };
  }

  #failed(call: PixieCall, error: unknown, signal: AbortSignal): GctopError {
    signal.throwIfAborted();
    return pixieError({ ...this.#place(call), failure: callFailure(error) }, error);
  }
}

function headers({ mode, credential }: PixieOptions): readonly Header[] {
  const own = credential === undefined ? [] : [credential];
  return mode === 'cloud' ? [...own, { name: 'pixie-api-client', value: 'gctop' }] : own;
}
