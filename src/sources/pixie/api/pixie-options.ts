import { GctopError } from '../../../error.js';
import type { Environment } from '../../../system/process.js';
import { credentials, given, type Header } from './credentials.js';

/** What the command line says about Pixie. Everything absent is looked for in the environment. */
export interface PixieFlags {
  /** `--pixie-cloud`: address of the cloud. */
  readonly cloud?: string;
  /** `--pixie-cluster`: UUID, name or pretty name of the cluster. */
  readonly cluster?: string;
  /** `--pixie-ca`: file with the certificate that the cloud's was signed with. */
  readonly ca?: string;
  /** `--pixie-insecure`: do not verify certificates. */
  readonly insecure?: boolean;
  /** `--pixie-direct`: address of a Vizier or a standalone PEM, without a cloud. */
  readonly direct?: string;
  /** `--pixie-plaintext`: no TLS, the credentials go in the clear. */
  readonly plaintext?: boolean;
}

/** How a Pixie is reached. */
export interface PixieOptions {
  readonly mode: 'cloud' | 'direct';
  /** host:port */
  readonly address: string;
  /** Absent: plaintext. */
  readonly tls?: PixieTls;
  /** Goes with every call; its value is a secret. */
  readonly credential?: Header;
  /** The cluster asked for by name or id; absent: the kubeconfig's, or the only one. */
  readonly cluster?: string;
  /** Rows come back encrypted for this client alone. */
  readonly encrypted: boolean;
}

export interface PixieTls {
  /** PEM; absent: the authorities that Node knows. */
  readonly ca?: string;
  readonly verify: boolean;
}

/** Where options are read from besides the command line. */
export interface Surroundings {
  readonly env: Environment;
  /** The user's home directory. */
  readonly home: string;
  /** ms since 1970 */
  readonly nowUnixMs: number;
  /** A file's text; nothing when there is no such file, and throws when it cannot be read. */
  readonly readFile: (path: string) => string | undefined;
}

const defaultCloud = 'work.withpixie.ai';
/** Where a standalone PEM listens (src/experimental/standalone_pem). */
const standalonePort = 12_345;

/**
 * Reads how to reach Pixie: the command line first, then PX_CLOUD_ADDR (PL_CLOUD_ADDR), PX_API_KEY or
 * PX_API_KEY_FILE, PX_CLUSTER, PX_DIRECT_VIZIER_ADDR, PX_DIRECT_VIZIER_KEY and PX_DISABLE_TLS, then what
 * `px auth login` left. Throws `USAGE` and `NO_CREDENTIALS`.
 */
export function readPixieOptions(flags: PixieFlags, surroundings: Surroundings): PixieOptions {
  const { env } = surroundings;
  const { mode, text, from } = place(flags, env);
  const isDisabled = env.PX_DISABLE_TLS === '1';
  // The variable alone never has a cloud's key sent in the clear: in Pixie's own client, too, it only skips a check.
  const plaintext = flags.plaintext === true || (mode === 'direct' && isDisabled);
  const port = mode === 'direct' && plaintext ? standalonePort : 443;
  const address = withPort(text, { port, from });
  const insecure = flags.insecure === true || (isDisabled && isInCluster(address));
  const tls = plaintext ? undefined : tlsOf({ ...flags, insecure }, surroundings);
  const cluster = flags.cluster ?? given(env.PX_CLUSTER);
  const credential = credentials(mode, surroundings);
  return {
    mode,
    address,
    ...(tls === undefined ? {} : { tls }),
    ...(credential === undefined ? {} : { credential }),
    ...(cluster === undefined ? {} : { cluster }),
    encrypted: mode === 'cloud', // a direct Vizier is reached without anyone in between
  };
}

interface Place {
  readonly mode: 'cloud' | 'direct';
  readonly text: string;
  /** What named it, for a message about it. */
  readonly from: string;
}

function place({ cloud, direct }: PixieFlags, env: Environment): Place {
  if (cloud !== undefined && direct !== undefined) {
    throw new GctopError('USAGE', "'--pixie-cloud' and '--pixie-direct' exclude each other", {
      hint: 'a cloud knows its clusters, a direct address is one of them',
    });
  }
  if (direct !== undefined) return { mode: 'direct', text: direct, from: '--pixie-direct' };
  if (cloud !== undefined) return { mode: 'cloud', text: cloud, from: '--pixie-cloud' };
  const named = (['PX_DIRECT_VIZIER_ADDR', 'PX_CLOUD_ADDR', 'PL_CLOUD_ADDR'] as const).find(
    (name) => given(env[name]) !== undefined,
  );
  if (named === undefined) return { mode: 'cloud', text: defaultCloud, from: 'the default' };
  return { mode: named.includes('DIRECT') ? 'direct' : 'cloud', text: env[named] ?? '', from: named };
}

function withPort(text: string, { port, from }: { readonly port: number; readonly from: string }): string {
  const bare = text
    .trim()
    .replace(/^https:\/\//, '')
    .replace(/\/+$/, '');
  const [, host, named] = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(bare) ?? [];
  if (host === undefined || Number(named ?? port) > 65_535) {
    throw new GctopError('USAGE', `'${from} ${text}': expected an address such as ${defaultCloud}:443`);
  }
  return `${host}:${named ?? port}`;
}

/** A cloud in the cluster itself, whose certificate nobody outside of it has signed. */
const isInCluster = (address: string): boolean => /(^|\.)cluster\.local:\d+$/i.test(address);

function tlsOf({ ca, insecure }: PixieFlags, { readFile }: Surroundings): PixieTls {
  const verify = insecure !== true;
  if (ca === undefined) return { verify };
  const text = readCa(ca, readFile);
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    throw new GctopError('USAGE', `'--pixie-ca ${ca}': expected a file with a certificate in PEM`);
  }
  return { ca: text, verify };
}

function readCa(path: string, readFile: Surroundings['readFile']): string {
  try {
    const text = readFile(path);
    if (text !== undefined) return text;
  } catch (cause) {
    throw new GctopError('USAGE', `'--pixie-ca ${path}': the file cannot be read`, { cause });
  }
  throw new GctopError('USAGE', `'--pixie-ca ${path}': there is no such file`);
}
