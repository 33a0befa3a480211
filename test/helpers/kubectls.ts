import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../../src/system/process.js';
import { programCache } from './cache.js';
import { buildCommand } from './go-module.js';

/** The Go module of the stand-in cluster, and of the new kubectl. */
export const kubernetesModule = fileURLToPath(new URL('../stand-ins/kubernetes', import.meta.url));

export interface RealKubectl {
  readonly name: string;
  readonly path: string;
  /** What its environment must hold beside the usual. */
  readonly env: Readonly<Record<string, string>>;
}

/** Kubernetes' own kubectl of 2025, which asks for port-forwards over WebSocket, built from its Go module. */
export async function newKubectl(): Promise<RealKubectl> {
  return { name: 'kubectl 1.34 over WebSocket', path: await builtKubectl(), env: {} };
}

/** The same, told to ask over SPDY. */
export async function newKubectlOverSpdy(): Promise<RealKubectl> {
  const env = { KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' };
  return { name: 'kubectl 1.34 over SPDY', path: await builtKubectl(), env };
}

/** Debian's kubectl of 2021, which knows SPDY alone and goes on listening when its pod is gone. */
export async function oldKubectl(): Promise<RealKubectl> {
  return { name: 'kubectl 1.20 over SPDY', path: await debiansKubectl(), env: {} };
}

/** All three. */
export const kubectls = async (): Promise<readonly RealKubectl[]> => [
  await newKubectl(),
  await newKubectlOverSpdy(),
  await oldKubectl(),
];

const builtKubectl = (): Promise<string> =>
  buildCommand({
    module: kubernetesModule,
    command: 'kubectl',
    // Without it `kubectl version` fails on what git would have put there.
    variables: ['k8s.io/component-base/version.gitVersion=v1.34.1'],
  });

/** Unpacks the package kubernetes-client without installing it. */
async function debiansKubectl(): Promise<string> {
  const home = join(programCache, 'kubernetes-client');
  const path = join(home, 'usr', 'bin', 'kubectl');
  if (existsSync(path)) return path;
  await mkdir(programCache, { recursive: true });
  const scratch = await mkdtemp(join(programCache, 'unpack-'));
  try {
    const download = () => run('apt-get', ['download', 'kubernetes-client'], { cwd: scratch });
    await download().catch(async () => {
      await run('apt-get', ['update']);
      await download();
    });
    const [archive] = (await readdir(scratch)).filter((name) => name.endsWith('.deb'));
    if (archive === undefined) throw new Error(`apt-get left no package in '${scratch}'`);
    const unpacked = join(scratch, 'unpacked');
    await run('dpkg-deb', ['-x', join(scratch, archive), unpacked]);
    await rename(unpacked, home).catch((error: unknown) => {
      if (!existsSync(path)) throw error; // another test unpacked it meanwhile
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return path;
}
