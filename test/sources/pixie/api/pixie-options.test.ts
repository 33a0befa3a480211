import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { GctopError } from '../../../../src/error.js';
import { type PixieFlags, readPixieOptions } from '../../../../src/sources/pixie/api/pixie-options.js';
import { surroundings } from '../../../../src/sources/pixie/api/surroundings.js';
import { systemClock } from '../../../../src/system/clock.js';
import type { Environment } from '../../../../src/system/process.js';

const key = 'px-api-1234';
const certificate = '-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n';
const nowUnixMs = 1_700_000_000_000;
const files: Readonly<Record<string, string>> = {
  '/ca.pem': certificate,
  '/no-ca.pem': 'hello',
  '/key': `${key}\n`,
  '/empty': '\n',
};

const read = (flags: PixieFlags, env: Environment, more: Readonly<Record<string, string>> = {}) =>
  readPixieOptions(flags, {
    env,
    home: '/home/me',
    nowUnixMs,
    readFile: (path) => {
      if (path === '/locked') throw new Error('EACCES');
      return { ...files, ...more }[path];
    },
  });

const login = (text: string) => ({ '/home/me/.pixie/auth.json': text });

test('with a key and nothing else it is the public cloud, over TLS, with encrypted rows', () => {
  assert.deepEqual(read({}, { PX_API_KEY: ` ${key} ` }), {
    mode: 'cloud',
    address: 'work.withpixie.ai:443',
    tls: { verify: true },
    credential: { name: 'pixie-api-key', value: key },
    encrypted: true,
  });
});

const addresses: readonly [string, PixieFlags, Environment, string, string][] = [
  [
    'the option wins over the environment',
    { cloud: 'a.test' },
    { PX_CLOUD_ADDR: 'b.test', PX_DIRECT_VIZIER_ADDR: 'c' },
    'cloud',
    'a.test:443',
  ],
  ['PX_CLOUD_ADDR', {}, { PX_CLOUD_ADDR: 'b.test:8443', PL_CLOUD_ADDR: 'd.test' }, 'cloud', 'b.test:8443'],
  ['its old name', {}, { PX_CLOUD_ADDR: '', PL_CLOUD_ADDR: 'd.test' }, 'cloud', 'd.test:443'],
  [
    'a Vizier of the environment',
    {},
    { PX_DIRECT_VIZIER_ADDR: 'c.test', PX_CLOUD_ADDR: 'b' },
    'direct',
    'c.test:443',
  ],
  ['a Vizier by option', { direct: 'e.test:1' }, { PX_CLOUD_ADDR: 'b' }, 'direct', 'e.test:1'],
  ['a standalone PEM listens elsewhere', { direct: 'e.test', plaintext: true }, {}, 'direct', 'e.test:12345'],
  ['IPv6', { cloud: '[::1]' }, {}, 'cloud', '[::1]:443'],
  ['copied from a browser', { cloud: 'https://a.test/' }, {}, 'cloud', 'a.test:443'],
];

for (const [what, flags, env, mode, address] of addresses) {
  test(`the address: ${what}`, () => {
    const options = read(flags, { PX_API_KEY: key, ...env });
    assert.deepEqual([options.mode, options.address], [mode, address]);
  });
}

test('plaintext is for those who ask for it alone', () => {
  assert.equal(read({ plaintext: true }, { PX_API_KEY: key }).tls, undefined);
  assert.equal(read({ plaintext: true, direct: 'c' }, {}).tls, undefined);
  assert.equal(read({ direct: 'c' }, { PX_DISABLE_TLS: '1' }).tls, undefined);
  for (const value of ['', '0', 'true']) {
    assert.deepEqual(read({ direct: 'c' }, { PX_DISABLE_TLS: value }).tls, { verify: true });
  }
});

test('PX_DISABLE_TLS never sends the key of a cloud in the clear; in a cluster it skips the verification', () => {
  const env = { PX_API_KEY: key, PX_DISABLE_TLS: '1' };
  const tlsOf = (cloud: string) => read({ cloud }, env).tls;
  assert.deepEqual(read({}, env).tls, { verify: true });
  assert.deepEqual(read({}, { ...env, PX_CLOUD_ADDR: 'a.test' }).tls, { verify: true });
  assert.deepEqual(tlsOf('api-service.plc.svc.cluster.local:51200'), { verify: false });
  assert.deepEqual(tlsOf('CLUSTER.LOCAL'), { verify: false });
  for (const other of ['cluster.local.a.test', 'mycluster.local']) {
    assert.deepEqual(tlsOf(other), { verify: true });
  }
  const inCluster = { cloud: 'api.cluster.local', ca: '/ca.pem' };
  assert.deepEqual(read(inCluster, { PX_API_KEY: key }).tls, { ca: certificate, verify: true });
});

test('a certificate is read from its file, and trust without one must be asked for', () => {
  assert.deepEqual(read({ ca: '/ca.pem' }, { PX_API_KEY: key }).tls, { ca: certificate, verify: true });
  assert.deepEqual(read({ insecure: true }, { PX_API_KEY: key }).tls, { verify: false });
});

test('a cluster is named by option or environment', () => {
  assert.equal(read({ cluster: 'a' }, { PX_API_KEY: key, PX_CLUSTER: 'b' }).cluster, 'a');
  assert.equal(read({}, { PX_API_KEY: key, PX_CLUSTER: 'b' }).cluster, 'b');
  assert.equal('cluster' in read({}, { PX_API_KEY: key, PX_CLUSTER: '' }), false);
});

test('a Vizier reached directly gets its own key, or none, and never that of the cloud; its rows are plain', () => {
  const env = { PX_API_KEY: key, PX_DIRECT_VIZIER_ADDR: 'c' };
  const { credential, encrypted } = read({}, { ...env, PX_DIRECT_VIZIER_KEY: 'k' });
  assert.deepEqual([credential, encrypted], [{ name: 'x-direct-vizier-key', value: 'k' }, false]);
  assert.equal(read({}, env).credential, undefined);
});

test('the key comes from the environment, its file, or the token of px auth login', () => {
  const seconds = nowUnixMs / 1000;
  const token = login(JSON.stringify({ token: 'jwt', expiresAt: seconds + 60 }));
  const credentialOf = (env: Environment) => read({}, env, token).credential;
  assert.deepEqual(credentialOf({ PX_API_KEY: 'a', PX_API_KEY_FILE: '/key' }), {
    name: 'pixie-api-key',
    value: 'a',
  });
  assert.deepEqual(credentialOf({ PX_API_KEY_FILE: '/key' }), { name: 'pixie-api-key', value: key });
  assert.deepEqual(credentialOf({}), { name: 'authorization', value: 'bearer jwt' });
});

const mistakes: readonly [
  string,
  PixieFlags,
  Environment,
  Readonly<Record<string, string>>,
  string,
  RegExp,
][] = [
  [
    'two places',
    { cloud: 'a', direct: 'b' },
    {},
    {},
    'USAGE',
    /'--pixie-cloud' and '--pixie-direct' exclude/,
  ],
  ['no address', { cloud: 'a b' }, {}, {}, 'USAGE', /'--pixie-cloud a b': expected an address such as/],
  ['a bad port', {}, { PX_CLOUD_ADDR: 'a:99999' }, {}, 'USAGE', /'PX_CLOUD_ADDR a:99999'/],
  ['plain HTTP', { cloud: 'http://a' }, {}, {}, 'USAGE', /'--pixie-cloud http:\/\/a'/],
  ['no file', { ca: '/none' }, {}, {}, 'USAGE', /'--pixie-ca \/none': there is no such file/],
  ['a locked file', { ca: '/locked' }, {}, {}, 'USAGE', /cannot be read/],
  ['no certificate', { ca: '/no-ca.pem' }, {}, {}, 'USAGE', /expected a file with a certificate in PEM/],
  [
    'no key',
    {},
    {},
    {},
    'NO_CREDENTIALS',
    /PX_API_KEY is not set and '\/home\/me\/.pixie\/auth.json' does not exist/,
  ],
  ['no key file', {}, { PX_API_KEY_FILE: '/none' }, {}, 'NO_CREDENTIALS', /'\/none', which does not exist/],
  ['an empty key file', {}, { PX_API_KEY_FILE: '/empty' }, {}, 'NO_CREDENTIALS', /'\/empty', which is empty/],
  [
    'a locked key file',
    {},
    { PX_API_KEY_FILE: '/locked' },
    {},
    'NO_CREDENTIALS',
    /'\/locked' cannot be read/,
  ],
  [
    'a broken key',
    {},
    { PX_API_KEY: `${key}\nx` },
    {},
    'NO_CREDENTIALS',
    /^PX_API_KEY holds characters that no key has$/,
  ],
  ['a broken login', {}, {}, login(`{"token": "${key}`), 'NO_CREDENTIALS', /holds no token/],
  ['a login of null', {}, {}, login('null'), 'NO_CREDENTIALS', /holds no token/],
  [
    'an old login',
    {},
    {},
    login(JSON.stringify({ token: key, expiresAt: 1_600_000_000 })),
    'NO_CREDENTIALS',
    /expired at 2020-09-13 12:26 UTC$/,
  ],
];

for (const [what, flags, env, more, code, message] of mistakes) {
  test(`${what}: said in a sentence that does not show the key`, () => {
    const withKey = code === 'USAGE' ? { PX_API_KEY: key, ...env } : env;
    assert.throws(
      () => read(flags, withKey, more),
      (error) => {
        assert.ok(error instanceof GctopError);
        assert.equal(error.code, code);
        assert.match(error.message, message);
        assert.ok(!`${error.message} ${error.hint} ${error.stack}`.includes(key), 'the key is shown');
        return true;
      },
    );
  });
}

test('the surroundings of a process are its files, its home and the time', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'gctop-options-'));
  t.after(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, '.pixie'));
  await writeFile(
    join(folder, '.pixie', 'auth.json'),
    JSON.stringify({ token: 'jwt', expiresAt: 4_000_000_000 }),
  );
  const around = surroundings({ HOME: folder }, systemClock());
  assert.ok(Math.abs(around.nowUnixMs - Date.now()) < 60_000);
  assert.equal(around.readFile(join(folder, 'none')), undefined);
  assert.throws(() => around.readFile(folder), /EISDIR/);
  assert.deepEqual(readPixieOptions({}, around).credential, { name: 'authorization', value: 'bearer jwt' });
});
