import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { GctopError } from '../../../../src/error.js';
import { PixieAPIClient } from '../../../../src/sources/pixie/api/client.js';
import { clientVizier } from '../../../../src/sources/pixie/api/client-vizier.js';
import {
  type ExecuteScriptRequest,
  ExecuteScriptRequestSchema,
} from '../../../../src/sources/pixie/api/gen/vizierapi_pb.js';
import { createResultKey } from '../../../../src/sources/pixie/api/result-key.js';
import { systemClock } from '../../../../src/system/clock.js';
import { startPixieServer } from './pixie-server.js';
import { batchOf, described, encrypted, rows, stats } from './script-answers.js';

const never = new AbortController().signal;
const rowsOfGc = (numbers: readonly bigint[]) =>
  batchOf({ table: 'id of GC', times: numbers.map(() => 1n), numbers });

for (const compression of ['DEF', ''] as const) {
  test(`rows come back encrypted for this client alone, compression '${compression}'`, async (t) => {
    const asked: ExecuteScriptRequest[] = [];
    const numbers = Array.from({ length: 50_000 }, (_, at) => BigInt(at) * 1_000_003n - 7n);
    const server = await startPixieServer(t, {
      async *script(request) {
        asked.push(request);
        yield described('GC');
        yield await encrypted(request, rowsOfGc(numbers));
        yield stats;
      },
    });
    let plain = 0;
    const client = PixieAPIClient.create(
      {
        mode: 'cloud',
        address: server.address,
        tls: { ca: server.certificate, verify: true },
        encrypted: true,
      },
      { clock: systemClock(), compression, onPlainRows: () => (plain += 1) },
    );
    t.after(() => client.close());
    const { tables } = await clientVizier(client, 'x').run('import px', { signal: never });
    assert.deepEqual(tables[0]?.columns[1]?.values, numbers);
    assert.equal(plain, 0);
    const options = asked[0]?.encryptionOptions;
    assert.deepEqual(
      [options?.keyAlg, options?.contentAlg, options?.compressionAlg],
      ['RSA-OAEP-256', 'A256GCM', compression],
    );
    const jwk: unknown = JSON.parse(options?.jwkKey ?? '');
    assert.ok(typeof jwk === 'object' && jwk !== null);
    assert.deepEqual(Object.keys(jwk).sort(), ['e', 'kty', 'n'], 'the public half alone leaves this machine');
  });
}

test('rows of an old Vizier that come as they are are taken, and told once', async (t) => {
  const server = await startPixieServer(t, {
    async *script() {
      yield described('GC');
      yield rows(batchOf({ table: 'id of GC', times: [1n], numbers: [1n], eos: false }));
      yield rows(rowsOfGc([2n]));
      yield stats;
    },
  });
  let plain = 0;
  const client = PixieAPIClient.create(
    {
      mode: 'cloud',
      address: server.address,
      tls: { ca: server.certificate, verify: true },
      encrypted: true,
    },
    { clock: systemClock(), onPlainRows: () => (plain += 1) },
  );
  t.after(() => client.close());
  for (let times = 0; times < 2; times += 1) {
    const { tables } = await clientVizier(client, 'x').run('import px', { signal: never });
    assert.deepEqual(tables[0]?.columns[1]?.values, [1n, 2n]);
  }
  assert.equal(plain, 1);
});

test('rows that were encrypted for another, or that nobody asked to encrypt, are no result', async (t) => {
  const another = await createResultKey();
  const forAnother = create(ExecuteScriptRequestSchema, { encryptionOptions: another.options });
  const server = await startPixieServer(t, {
    async *script() {
      yield described('GC');
      yield await encrypted(forAnother, rowsOfGc([1n]));
      yield stats;
    },
  });
  const tls = { ca: server.certificate, verify: true };
  const whys: readonly [boolean, RegExp][] = [
    [true, /cannot be decrypted/],
    [false, /which nobody asked for/],
  ];
  for (const [isEncrypted, why] of whys) {
    const client = PixieAPIClient.create(
      { mode: 'cloud', address: server.address, tls, encrypted: isEncrypted },
      { clock: systemClock() },
    );
    t.after(() => client.close());
    await assert.rejects(clientVizier(client, 'x').run('import px', { signal: never }), (error) => {
      assert.ok(error instanceof GctopError);
      assert.equal(error.code, 'PIXIE_FAILED');
      return why.test(error.message);
    });
  }
});
