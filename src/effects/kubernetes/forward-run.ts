import type { Clock } from '../../system/clock.js';
import type { Kubectl } from '../../system/kubectl.js';
import { plainWords } from '../../system/kubectl-failure.js';
import { inNamespace } from './cluster.js';
import { LastLines } from './last-lines.js';
import { loopback } from './local-port.js';

export interface ForwardRunOptions {
  readonly kubectl: Kubectl;
  readonly clock: Clock;
  readonly namespace: string;
  readonly pod: string;
  readonly remotePort: number;
  /** @default any that is free */
  readonly localPort: number | undefined;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** It listens on this port. */
  readonly onUp: (localPort: number) => void;
  /** kubectl says that something went wrong with a connection, and goes on. */
  readonly onComplaint: (why: string) => void;
}

/** How one kubectl port-forward ended. */
export interface ForwardEnd {
  /** In kubectl's words. */
  readonly why: string;
  /** The local port could not be taken. */
  readonly portTaken: boolean;
}

/** A connection to an API server that takes longer is as good as none. */
const upWithinMs = 15_000;
const graceMs = 500;

/** Runs one `kubectl port-forward` to its end, and says why it ended. Throws `NO_KUBECTL`, and the signal's reason. */
export async function runForward(options: ForwardRunOptions): Promise<ForwardEnd> {
  const { kubectl, clock, namespace, pod, remotePort, localPort, signal, onUp, onComplaint } = options;
  const settled = new AbortController();
  const complaints = new LastLines();
  let isUp = false;
  const child = await kubectl.start(
    [
      'port-forward',
      inNamespace(namespace),
      `pod/${pod}`,
      `${localPort ?? ''}:${remotePort}`,
      `--address=${loopback}`,
    ],
    {
      signal,
      stdout: (line) => {
        const [, port] = /^Forwarding from 127\.0\.0\.1:(\d+) -> /.exec(line) ?? [];
        if (port === undefined || isUp) return;
        isUp = true;
        settled.abort();
        onUp(Number(port));
      },
      stderr: (line) => {
        const words = plainWords(line);
        if (words === '') return;
        complaints.push(words);
        if (isUp && words !== lostConnection) onComplaint(reasonIn(complaints.lines));
      },
    },
  );
  const tooLate = clock.sleep(upWithinMs, AbortSignal.any([signal, settled.signal])).then(
    async () => {
      complaints.push(`no connection within ${upWithinMs / 1000} s`);
      await child.terminate(graceMs);
    },
    () => {}, // it is up, or was ended
  );
  await child.exited;
  settled.abort();
  await tooLate;
  signal.throwIfAborted();
  const portTaken = complaints.lines.some((line) => /unable to listen on/i.test(line));
  return { why: reasonIn(complaints.lines), portTaken };
}

/** kubectl's last words before it ends. */
const lostConnection = 'lost connection to pod';

/** The line that says most: an error of the pod's end says more than that the connection is lost. */
function reasonIn(complaints: readonly string[]): string {
  const telling = complaints.findLast((line) => /error forwarding port|no connection within/.test(line));
  const [, behind] = /error forwarding port \d+ to pod [^:]*: (.*)$/.exec(telling ?? '') ?? [];
  const last = complaints.at(-1) ?? 'kubectl ended';
  if (last === lostConnection) return behind ?? 'the connection to the API server was closed';
  return behind ?? telling ?? last;
}
