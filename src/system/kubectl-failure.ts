import { GctopError } from '../error.js';

export interface KubectlFailure {
  /** What was wanted: 'read the pods of namespace default'. */
  readonly task: string;
  /** 'context 'minikube'', or that there is none. */
  readonly where: string;
  /** kubectl's own last line. */
  readonly line: string;
  /** The call as it could be typed again. */
  readonly typed: string;
  readonly cause: unknown;
}

/** The error for a call that kubectl could not carry out: what was wanted, where, why in its own words, what to try. */
export function kubectlFailure({ task, where, line, typed, cause }: KubectlFailure): GctopError {
  const hint = remedies.find(({ sign }) => sign.test(line))?.hint ?? `try it by hand: ${typed}`;
  return new GctopError('KUBERNETES', `cannot ${task} (${where}): ${line}`, { hint, cause });
}

/** The error for a kubectl that cannot be run. */
export const noKubectl = (command: string, cause: unknown): GctopError =>
  new GctopError('NO_KUBECTL', `'${command}' cannot be run: ${causeOf(cause)}`, {
    hint: 'install kubectl (kubernetes.io/docs/tasks/tools) and have it in the PATH: gctop reaches pods through it, with its contexts and your rights',
    cause,
  });

/** kubectl's last line, without the head that its logger puts before it and the quotes around the error in it. */
export function lastWords(stderr: string): string {
  const lines = stderr.split('\n').map(plainWords);
  return lines.findLast((line) => line !== '') ?? 'kubectl failed and did not say why';
}

/** One line of kubectl's stderr as a person would say it. */
export function plainWords(line: string): string {
  const logged = /^[IWEF]\d{4} [\d:.]+ +\d+ [\w.-]+:\d+\] (.*)$/.exec(line.trim());
  if (logged === null) return line.trim().replace(/^error: /, '');
  const [, said = ''] = logged;
  const quoted = /\berr="((?:[^"\\]|\\.)*)"/.exec(said)?.[1];
  return quoted === undefined ? said : quoted.replace(/\\(.)/g, '$1');
}

/** Whether kubectl was refused: another try by itself will not help soon. */
export const isRefusal = (line: string): boolean => isForbidden(line) || /Unauthorized/i.test(line);

/** Whether the user lacks a right: other than with credentials that have run out, signing in again does not help. */
export const isForbidden = (line: string): boolean => /\bforbidden\b/i.test(line);

const remedies: readonly { readonly sign: RegExp; readonly hint: string }[] = [
  {
    sign: /current-context (?:is not set|must exist)|no configuration has been provided/,
    hint: 'choose a context: kubectl config get-contexts lists them, kubectl config use-context NAME or --context NAME takes one',
  },
  {
    sign: /context "?[^"]*"? does not exist|no context exists/,
    hint: 'kubectl config get-contexts lists the contexts there are',
  },
  {
    // kubectl's own default where no kubeconfig names a server
    sign: /localhost:8080/,
    hint: 'no kubeconfig names a cluster: is KUBECONFIG set, or is there a ~/.kube/config?',
  },
  {
    sign: /Forbidden|forbidden/,
    hint: 'ask for that right, or see which ones you have: kubectl auth can-i --list',
  },
  {
    sign: /Unauthorized|must be logged in|provide credentials/,
    hint: 'sign in to the cluster again: its credentials are missing, wrong, or have run out',
  },
  {
    sign: /getting credentials|exec plugin|executable .* not found/,
    hint: 'the context signs in through a program of its own, which failed: see users[].user.exec in the kubeconfig',
  },
  {
    sign: /x509:|certificate/,
    hint: "the server's certificate does not fit the certificate authority in the kubeconfig",
  },
  {
    sign: /refused|no such host|no route|unreachable|time(?:d )?out|no answer|Timeout|deadline exceeded|EOF|Unable to connect/,
    hint: 'is the cluster up, and reachable from here? kubectl cluster-info asks the same server',
  },
];

function causeOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^cannot start '[^']*': /, '');
}
