import { GctopError } from '../../error.js';
import type { Step, StepName } from '../../gc/stream.js';
import type { Clock } from '../../system/clock.js';
import type { Draft } from '../order.js';
import type { PixieCluster } from './api/clusters.js';
import { connectPixie } from './api/connect.js';
import type { PixieOptions } from './api/pixie-options.js';
import { pemScript } from './pxl.js';
import { type ScriptTable, stringsOf, type Vizier } from './vizier.js';
import { canBeTrusted } from './vizier-version.js';

/** A Vizier that answers. */
export interface Up {
  readonly vizier: Vizier;
  /** Looks at the PEMs again while none of them is well. */
  lookAgain(signal: AbortSignal): Promise<void>;
  /** As the cloud tells it; undefined for a Vizier that is asked directly. */
  readonly vizierVersion: string | undefined;
  close(): void;
}

export interface ComeUpOptions {
  readonly pixie: PixieOptions;
  /** UID of the namespace kube-system: which of Pixie's clusters kubectl talks to. */
  readonly kubeUid: string | undefined;
  readonly clock: Clock;
  readonly tell: (draft: Draft) => void;
}

/** Signs in to Pixie, finds the cluster and looks at its PEMs, telling each step. Throws what `connectPixie` throws. */
export async function comeUp(options: ComeUpOptions, signal: AbortSignal): Promise<Up> {
  const { pixie, kubeUid, clock, tell } = options;
  const onPlainRows = () =>
    tell(note('warning', 'this Vizier sends rows as they are, although they were asked for encrypted'));
  tell(step('cloud', 'waiting', 'signing in', pixie.address));
  const { client, vizier, cluster } = await connectPixie(pixie, { signal, kubeUid, clock, onPlainRows });
  try {
    if (cluster === undefined) tellDirect(options);
    else tellCluster(cluster, options);
    let areWell = await lookAtPems(vizier, options, signal);
    return {
      vizier,
      vizierVersion: cluster?.vizierVersion,
      lookAgain: async (again) => {
        if (!areWell) areWell = await lookAtPems(vizier, options, again);
      },
      close: () => client.close(),
    };
  } catch (error) {
    client.close();
    throw error;
  }
}

function tellCluster(cluster: PixieCluster, { pixie, tell }: ComeUpOptions): void {
  const { prettyName, id, status, vizierVersion } = cluster;
  const name = prettyName || cluster.name || id;
  tell(cloudStep('signed in', pixie));
  tell(step('cluster', 'up', status, `${name}, Vizier ${vizierVersion || 'unknown'}`));
  tell(note('info', `signed in to ${pixie.address}, cluster ${name} is ${status}`));
  if (!canBeTrusted(vizierVersion)) tell(note('warning', oldVizier(vizierVersion)));
}

function tellDirect({ pixie, tell }: ComeUpOptions): void {
  tell(cloudStep('not asked', pixie));
  tell(step('cluster', 'up', 'direct', pixie.address));
}

/** What the user switched off of the connection's protection is said wherever the address is. */
function cloudStep(word: string, { address, tls }: PixieOptions): Step {
  if (tls === undefined)
    return { ...step('cloud', 'up', word, `${address}, PLAINTEXT`), unprotected: 'plaintext' };
  if (tls.verify) return step('cloud', 'up', word, address);
  return { ...step('cloud', 'up', word, `${address}, certificate NOT CHECKED`), unprotected: 'unverified' };
}

/** Told at the begin, and again beside the figures when the program turns out to be newer than Go 1.16. */
export const oldVizier = (version: string): string =>
  `Vizier ${version} reads arguments rightly of Go 1.16 programs alone; from 0.14.16 on of newer ones, too`;

/** Whether some of them can place probes, as far as is known. */
async function lookAtPems(
  vizier: Vizier,
  { tell }: Pick<ComeUpOptions, 'tell'>,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const { tables } = await vizier.run(pemScript(), { signal });
    const told = pemStep(tables);
    tell(told);
    return told.state === 'up';
  } catch (error) {
    signal.throwIfAborted();
    // A standalone PEM cannot tell of itself; whoever refuses a plain question refuses all.
    if (!(error instanceof GctopError) || error.code !== 'PIXIE_SCRIPT') throw error;
    tell(step('pems', 'up', 'not known', 'this Vizier does not tell'));
    return true;
  }
}

function pemStep(tables: readonly ScriptTable[]): Step {
  const agents = tables.find(({ name }) => name === 'agents');
  const hosts = stringsOf(agents, 'hostname');
  // The agents that only put results together are called so; they place no probe.
  const isPem = (_: unknown, row: number) => !/^kelvin/.test(hosts[row] ?? '');
  const states = stringsOf(agents, 'agent_state').filter(isPem);
  const headers = agents?.columns.find(({ name }) => name === 'kernel_headers_installed');
  const healthy = states.filter((state) => /HEALTHY$/.test(state) && !/UNHEALTHY$/.test(state)).length;
  const bare = headers?.type === 'boolean' ? headers.values.filter(isPem).filter((has) => !has).length : 0;
  const remark =
    bare === 0 ? 'kernel headers on all' : `${bare} without kernel headers: probes may fail there`;
  return step('pems', healthy > 0 ? 'up' : 'failed', `${healthy} of ${states.length}`, remark);
}

const step = (name: StepName, state: Step['state'], word: string, remark: string): Step => ({
  type: 'step',
  step: name,
  state,
  word,
  ...(remark === '' ? {} : { remark }),
});

const note = (level: 'info' | 'warning', text: string): Draft => ({
  type: 'note',
  level,
  code: 'pixie.cluster',
  text,
});
