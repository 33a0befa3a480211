import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProbeSite } from '../../../src/binary/probe-site.js';
import { verifiedSite } from '../../../src/sources/local/verified-site.js';
import { probedProcess } from '../../helpers/probed-process.js';

/** cmp rsp, [r14+16]; jbe: the jump is probed. It lies 3 bytes into the file. */
const check = [0x49, 0x3b, 0x66, 0x10, 0x76, 0x20];
const file = Uint8Array.from([1, 2, 3, ...check, 9, 9]);
const site: ProbeSite = {
  address: 7,
  fileOffset: 7,
  bytes: Uint8Array.from(check),
  before: 4,
  isEmulated: true,
};
const refusal = { code: 'TRACEFS', message: /its code is not/ };

test('a place whose bytes are those of the file, in the file and in memory, may be probed', (t) => {
  assert.equal(verifiedSite(probedProcess(t, file), site), site);
  assert.equal(verifiedSite(probedProcess(t, file, { loadBias: 0x5000 }), site), site);
});

test('it may be, too, where somebody else probes it, or an instruction before it', (t) => {
  for (const at of [7, 3]) {
    const loaded = file.with(at, 0xcc);
    assert.equal(verifiedSite(probedProcess(t, file, { loaded }), site), site);
  }
});

test('any other byte, in the file or in memory, refuses it', (t) => {
  for (let at = 3; at < 9; at++) {
    const changed = file.with(at, 0x90);
    assert.throws(() => verifiedSite(probedProcess(t, changed), site), refusal);
    assert.throws(() => verifiedSite(probedProcess(t, file, { loaded: changed }), site), refusal);
    assert.throws(() => verifiedSite(probedProcess(t, file.with(at, 0xcc)), site), refusal);
  }
});

test('a program that has just ended refuses it, as the kernel would refuse the probe', (t) => {
  const ended = { ...probedProcess(t, file), executable: '/proc/0/exe' };
  assert.throws(() => verifiedSite(ended, site), { code: 'TRACEFS', message: /it has ended/ });
});

test('a place that is not in memory, or behind the end of the file, refuses it', (t) => {
  const loaded = file.slice(0, 5);
  assert.throws(() => verifiedSite(probedProcess(t, file, { loaded }), site), {
    code: 'TRACEFS',
    message: /not in memory/,
  });
  assert.throws(() => verifiedSite(probedProcess(t, file.slice(0, 8), { loaded: file }), site), refusal);
});
