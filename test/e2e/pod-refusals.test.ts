import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ClusterStatus } from '../../src/sources/pixie/api/gen/cloudapi_pb.js';
import { folder } from '../helpers/folder.js';
import { gctop } from '../helpers/gctop.js';
import { type PodWorld, podWorld } from '../helpers/pod-world.js';

/** What may be wrong between a user's shell and the first row, and the sentence that it ends in. */
interface Refusal {
  readonly what: string;
  readonly args?: readonly string[];
  readonly env?: (world: PodWorld) => Readonly<Record<string, string>>;
  readonly before?: (world: PodWorld) => unknown;
  readonly sentence: RegExp;
  /** @default 4 */
  readonly code?: number;
}

const trusted = (world: PodWorld): readonly string[] => ['--pixie-ca', world.ca];

const refusals: readonly Refusal[] = [
  {
    what: 'no kubectl',
    env: () => ({ PATH: '/nowhere' }),
    sentence: /'kubectl' cannot be run.*install kubectl/,
  },
  {
    what: 'no such pod',
    args: ['--pod', 'default/webshop'],
    sentence: /namespace 'default' has no pod or deployment 'webshop'.*there are gc-service-/,
  },
  {
    what: 'a pod that no pod can be called',
    args: ['--pod', 'Default/Web Shop'],
    sentence: /expected a pod's name, or NAMESPACE\/NAME/,
    code: 2,
  },
  {
    what: 'no such context',
    args: ['--context', 'nowhere'],
    sentence: /context.*nowhere/,
  },
  {
    what: 'no such container',
    args: ['--container', 'sidecar'],
    sentence: /has no container 'sidecar': it has app/,
  },
  {
    what: 'no key',
    env: () => ({ PX_API_KEY: '' }),
    sentence: /no credentials for Pixie.*PX_API_KEY.*px auth login/,
  },
  {
    what: 'a key that the cloud does not know',
    env: () => ({ PX_API_KEY: 'px-api-wrong' }),
    sentence: /GetClusterInfo at 127\.0\.0\.1:\d+ failed: the credentials were not accepted/,
  },
  {
    what: 'a certificate that is not trusted',
    args: ['--pixie-ca', '/dev/null'],
    sentence: /'--pixie-ca \/dev\/null': expected a file with a certificate/,
    code: 2,
  },
  {
    what: 'nobody listens at the address',
    env: () => ({ PX_CLOUD_ADDR: '127.0.0.1:9' }),
    sentence: /GetClusterInfo at 127\.0\.0\.1:9 failed: nothing listens there/,
  },
  {
    what: 'a cluster that Pixie does not know',
    args: ['--pixie-cluster', 'other'],
    sentence: /no cluster is called 'other': 'minikube' \(healthy\)/,
  },
  {
    what: 'a cluster that is not healthy',
    before: ({ pixie }) => pixie.setClusterStatus(ClusterStatus.CS_DISCONNECTED),
    sentence: /cluster 'minikube' is disconnected.*Vizier does not call home/,
  },
];

test('what is wrong before the first row ends in a sentence and an exit code', {
  timeout: 240_000,
}, async (t) => {
  const world = await podWorld(t);
  for (const { what, args = [], env, before, sentence, code = 4 } of refusals) {
    await t.test(what, async () => {
      await before?.(world);
      const pod = args.includes('--pod') ? [] : ['--pod', 'default/gc-service'];
      const ca = args.includes('--pixie-ca') ? [] : trusted(world);
      const given = { ...world.env, ...env?.(world) };
      const ended = await gctop([...pod, ...ca, ...args, '--json', '--seconds', '20'], { env: given });
      const lines = ended.stderr.trimEnd().split('\n');
      assert.match(lines.at(-1) ?? '', sentence);
      assert.equal(ended.code, code, ended.stderr);
      assert.ok(!ended.stderr.includes(world.pixie.apiKey));
    });
  }
});

test('a server whose certificate nobody vouches for is not talked to', { timeout: 60_000 }, async (t) => {
  const world = await podWorld(t);
  const { code, stderr } = await gctop(['--pod', 'gc-service', '--json'], { env: world.env });
  assert.equal(code, 4);
  assert.match(stderr, /certificate.*--pixie-ca/);
  const file = join(folder(t), 'key');
  writeFileSync(file, `${world.pixie.apiKey}\n`);
  const env = { ...world.env, PX_API_KEY: '', PX_API_KEY_FILE: file };
  const insecure = await gctop(['--pod', 'gc-service', '--pixie-insecure', '--json', '--seconds', '4'], {
    env,
  });
  assert.equal(insecure.code, 0, insecure.stderr);
  assert.match(insecure.stdout, /certificate NOT CHECKED/);
});
