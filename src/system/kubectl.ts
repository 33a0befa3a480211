import { GctopError } from '../error.js';
import { kubectlFailure, lastWords, noKubectl } from './kubectl-failure.js';
import { type Child, type Environment, runToEnd, type StartOptions, shown, start } from './process.js';

export interface KubectlOptions {
  /** @default the kubeconfig's current context */
  readonly context?: string | undefined;
  /** Holds PATH, KUBECONFIG and what the user's sign-in helpers want. */
  readonly env: Environment;
  /** @default 'kubectl' */
  readonly command?: string;
}

/** One call of kubectl, in the words of an error: `cannot <task>`. */
export interface Call {
  /** 'read the pods of namespace default' */
  readonly task: string;
  readonly args: readonly string[];
  readonly signal: AbortSignal;
  /** @default 20 s: kubectl gives up by itself after 10 s a request */
  readonly timeoutMs?: number;
  /** Leaves the time of a request to kubectl: for calls that wait by their nature. @default '10s' */
  readonly requestTimeout?: '10s' | 'none';
}

/** The user's kubectl, with the user's contexts and rights. */
export interface Kubectl {
  /** Runs a call to its end and gives its stdout. Throws `NO_KUBECTL` and `KUBERNETES`. */
  ask(call: Call): Promise<string>;
  /** The same with `-o json`: undefined where it printed nothing. */
  askJson(call: Call): Promise<unknown>;
  /** Starts a call that goes on: a watch, a port-forward. Throws `NO_KUBECTL`. */
  start(args: readonly string[], options: Omit<StartOptions, 'env'>): Promise<Child>;
  /** How a call could be typed again. */
  shown(args: readonly string[]): string;
}

const askTimeoutMs = 20_000;

/** Nothing is run before the first call. */
export function createKubectl({ context, env, command = 'kubectl' }: KubectlOptions): Kubectl {
  const chosen = context === undefined ? [] : [`--context=${context}`];

  const ask = async (call: Call): Promise<string> => {
    const { task, args, signal, timeoutMs = askTimeoutMs, requestTimeout = '10s' } = call;
    const limits = requestTimeout === 'none' ? [] : [`--request-timeout=${requestTimeout}`];
    const ended = await runToEnd(command, [...chosen, ...limits, ...args], { env, signal, timeoutMs }).catch(
      (error: unknown) => {
        throw isNotStarted(error) ? noKubectl(command, error) : error;
      },
    );
    if (ended.exitCode === 0 && !ended.timedOut) return ended.stdout;
    const line = ended.timedOut ? `no answer within ${timeoutMs / 1000} s` : lastWords(ended.stderr);
    const where = await contextInWords(signal);
    throw kubectlFailure({ task, where, line, typed: shown(command, [...chosen, ...args]), cause: ended });
  };

  const contextInWords = async (signal: AbortSignal): Promise<string> => {
    const name = context ?? (await currentContext({ env, command }, signal));
    return name === undefined ? 'no context' : `context '${name}'`;
  };

  return {
    ask,
    async askJson(call) {
      const text = await ask({ ...call, args: [...call.args, '-o', 'json'] });
      if (text.trim() === '') return undefined;
      try {
        return JSON.parse(text);
      } catch (cause) {
        const answer = `kubectl's answer is no JSON: '${text.slice(0, 60)}'`;
        throw new GctopError('KUBERNETES', `cannot ${call.task}: ${answer}`, { cause });
      }
    },
    async start(args, options) {
      try {
        return await start(command, [...chosen, ...args], { ...options, env });
      } catch (error) {
        throw isNotStarted(error) ? noKubectl(command, error) : error;
      }
    },
    shown: (args) => shown(command, [...chosen, ...args]),
  };
}

/**
 * The same, staying with the context that is current now: who goes to another one elsewhere does not take gctop along.
 * Where there is none (inside a cluster, say), it is left to each call. Throws `NO_KUBECTL`.
 */
export async function createPinnedKubectl(options: KubectlOptions, signal: AbortSignal): Promise<Kubectl> {
  return createKubectl({ ...options, context: options.context ?? (await currentContext(options, signal)) });
}

const isNotStarted = (error: unknown): boolean =>
  error instanceof GctopError && error.code === 'COMMAND_FAILED_TO_START';

/** The kubeconfig's current context; undefined: it names none, as inside a cluster. Throws `NO_KUBECTL`. */
async function currentContext(
  { env, command = 'kubectl' }: KubectlOptions,
  signal: AbortSignal,
): Promise<string | undefined> {
  const options = { env, signal, timeoutMs: askTimeoutMs };
  const asked = runToEnd(command, ['config', 'current-context'], options);
  const { exitCode, stdout } = await asked.catch((error: unknown) => {
    throw isNotStarted(error) ? noKubectl(command, error) : error;
  });
  return exitCode === 0 && stdout.trim() !== '' ? stdout.trim() : undefined;
}
