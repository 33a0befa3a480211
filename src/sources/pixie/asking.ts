import { GctopError } from '../../error.js';
import { abortScope, unlessAborted } from '../../system/abort-scope.js';
import type { Clock } from '../../system/clock.js';
import { ttlText } from './deployment/options.js';
import type { DeployScripts } from './deployment/scripts.js';
import type { Answer, Request } from './deployment/state.js';
import { statusRowsOf } from './deployment/status-rows.js';
import type { Vizier } from './vizier.js';

interface Means {
  readonly vizier: Vizier;
  readonly scripts: DeployScripts;
  readonly clock: Clock;
}

/** Sends the requests of a deployment; each is answered within a bounded time, whatever happens. */
export class Asking {
  readonly #means: Means;
  readonly #requestMs: number;
  /** Aborted when nothing is waited for any more. */
  readonly #over = new AbortController();
  /** Aborted when what is being placed is not waited for any more. */
  readonly #placing = new AbortController();

  constructor(means: Means, requestMs: number) {
    this.#means = means;
    this.#requestMs = requestMs;
  }

  /** Never rejects: a failure is an answer. */
  async ask(request: Request): Promise<Answer> {
    const stops = request.type === 'delete' ? [] : [this.#placing.signal];
    const scope = abortScope(this.#over.signal, ...stops);
    this.#sleepThen(this.#requestMs, scope.signal, () => scope.abort(tooSlow(this.#requestMs)));
    try {
      // A run that does not heed the signal is not waited for.
      return await unlessAborted(this.#run(request, scope.signal), scope.signal);
    } catch (error) {
      return { type: 'failure', error: asGctopError(error) };
    } finally {
      scope.end();
    }
  }

  /** What is being placed is waited for only so long from now on: then it is answered as a failure. */
  giveUpPlacing(ms: number): void {
    this.after(ms, () => this.#placing.abort(tooSlow(ms)));
  }

  /** Does it then, unless all is over before. */
  after(ms: number, act: () => void): void {
    this.#sleepThen(ms, this.#over.signal, act);
  }

  /** Nothing is waited for any more. */
  close(): void {
    this.#over.abort(new GctopError('PIXIE_UNREACHABLE', 'what was asked of the cluster was given up'));
  }

  async #run(request: Request, signal: AbortSignal): Promise<Answer> {
    const { vizier, scripts } = this.#means;
    const mutation = request.type === 'upsert' || request.type === 'delete';
    const result = await vizier.run(scriptOf(request, scripts), { signal, mutation });
    const rows = statusRowsOf(result.tables);
    return {
      type: 'result',
      ...(result.mutation === undefined ? {} : { mutation: result.mutation }),
      ...(rows === undefined ? {} : { rows }),
    };
  }

  #sleepThen(ms: number, signal: AbortSignal, act: () => void): void {
    this.#means.clock.sleep(ms, signal).then(act, () => {
      // It was over before: nothing is to be done then.
    });
  }
}

function scriptOf(request: Request, scripts: DeployScripts): string {
  switch (request.type) {
    case 'status':
    case 'look':
      return scripts.statusScript();
    case 'delete':
      return scripts.deleteScript(request.name);
    case 'upsert': {
      const { target: pod, tracepoints, ttlMs } = request;
      const container = pod.container === undefined ? {} : { container: pod.container };
      return scripts.deployScript(tracepoints, { pod, ttl: ttlText(ttlMs), ...container });
    }
  }
}

const tooSlow = (ms: number): GctopError =>
  new GctopError('PIXIE_UNREACHABLE', `the cluster did not answer within ${ttlText(ms)}`, {
    hint: 'see whether the cluster is healthy: px get viziers',
  });

/** Only a bug throws anything else: it stops the deployment, and is told. */
function asGctopError(error: unknown): GctopError {
  if (error instanceof GctopError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new GctopError('INTERNAL', `a request to the cluster failed: ${message}`, { cause: error });
}
