import type { ErrorCode } from '../../../error.js';

/** The calls that this client makes. */
export type PixieCall = 'GetClusterInfo' | 'ExecuteScript' | 'HealthCheck';

/** Where a call went, and what must not be shown of it. */
export interface CalledPlace {
  readonly call: PixieCall;
  readonly address: string;
  readonly mode: 'cloud' | 'direct';
  readonly plaintext: boolean;
  /** Never in a message, whoever repeats them. */
  readonly secrets: readonly string[];
}

/** What stands behind a failure: its code, why it happened and what to try. */
export interface Problem {
  readonly code: ErrorCode;
  readonly why: string;
  readonly hint: string;
}

/** A server that answers and does not know the call: half of a cloud, or something else altogether. */
export function notServed({ call, mode }: CalledPlace, said: string): Problem {
  if (mode === 'direct') {
    return {
      code: 'PIXIE_UNREACHABLE',
      why: `what answers there is no Vizier: it does not know ${call} (${said})`,
      hint: 'check --pixie-direct or PX_DIRECT_VIZIER_ADDR; a cloud is named with --pixie-cloud',
    };
  }
  const path = call === 'GetClusterInfo' ? '/px.cloudapi.*' : '/px.api.*';
  return {
    code: 'PIXIE_UNREACHABLE',
    why: `what answers there does not know ${call} (${said})`,
    hint: `check --pixie-cloud or PX_CLOUD_ADDR; a self-hosted cloud's ingress must pass ${path} on as gRPC`,
  };
}

/** Which option named the address. */
export const whereToSet = ({ mode }: CalledPlace): string =>
  mode === 'direct'
    ? 'the address is that of --pixie-direct or PX_DIRECT_VIZIER_ADDR'
    : 'the address is that of --pixie-cloud or PX_CLOUD_ADDR';

/** What to try where a Vizier is not well. */
export const lookAtVizier = 'see px get viziers, and kubectl get pods -n pl in the cluster';

/** How it says that nobody is there to run a script on. */
export const noCollectorPattern = /Distributed state does not have a Carnot instance/;

/** The compiler finds nobody to run a script on, and says so with a sentence about its own insides. */
export const noCollector = {
  code: 'CLUSTER_UNHEALTHY',
  why: (text: string) => `none of the cluster's data collectors (PEMs) can run this script (${text})`,
  hint: 'see kubectl get pods -n pl: one vizier-pem must run on every node, and kelvin beside them',
} as const;
