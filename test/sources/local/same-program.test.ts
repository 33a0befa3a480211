import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCgroup } from '../../../src/sources/local/cgroup.js';
import {
  byLikelihood,
  type Identity,
  identityOf,
  sameProgram,
} from '../../../src/sources/local/same-program.js';

const [idA, idB] = ['a', 'b'].map((digit) => digit.repeat(64));
const [podA, podB] = ['6f2c1d9e-8a7b-4c3d-9e1f-0a2b3c4d5e6f', '1f2c1d9e-8a7b-4c3d-9e1f-0a2b3c4d5e6f'];

/** A process: its file, the path of its control group, and what else differs from a plain one. */
const ran = (path: string, group = '/', rest: Partial<Identity> = {}): Identity => ({
  pid: 4711,
  startTicks: 1000,
  parent: 1,
  path,
  mounts: 'mnt:[1]',
  belonging: parseCgroup(`0::${group}\n`),
  ...rest,
});

const elsewhere = { mounts: 'mnt:[2]' };
const supervised = { parent: 812 };

const same: readonly (readonly [string, Identity, Identity, RegExp])[] = [
  ['the same file', ran('/srv/api'), ran('/srv/api'), /^the same program \(\/srv\/api\)$/],
  [
    'the same file, run by a service this time',
    ran('/srv/api', '/user.slice/user-1000.slice/session-2.scope'),
    ran('/srv/api', '/system.slice/api.service'),
    /same program/,
  ],
  [
    'a new release in a folder of its own, started by the same supervisor',
    ran('/srv/41/api', '/', supervised),
    ran('/srv/42/api', '/', supervised),
    /^the same name and parent \(\/srv\/42\/api\)$/,
  ],
  [
    'the same unit',
    ran('/opt/api-1.3/api', '/system.slice/api.service'),
    ran('/opt/api-1.4/api', '/system.slice/api.service', elsewhere),
    /^the same unit \(api\.service\)$/,
  ],
  [
    "the same unit of a user's own manager",
    ran('/home/x/api', '/user.slice/user-1000.slice/user@1000.service/app.slice/api.service'),
    ran('/home/x/api', '/user.slice/user-1000.slice/user@1000.service/app.slice/api.service'),
    /same unit/,
  ],
  [
    'a container that was started again',
    ran('/api', `/docker/${idA}`),
    ran('/api', `/docker/${idA}`, elsewhere),
    /^the same container \(a{12}\)$/,
  ],
  [
    'the next container of a pod',
    ran('/api', `/kubepods/burstable/pod${podA}/${idA}`),
    ran('/api', `/kubepods/burstable/pod${podA}/${idB}`, elsewhere),
    /^the same pod \(6f2c1d9e-/,
  ],
  [
    'the next container of a service of podman',
    ran('/api', `/system.slice/api.service/libpod-payload-${idA}`),
    ran('/api', `/system.slice/api.service/libpod-payload-${idB}`, elsewhere),
    /same unit/,
  ],
];

for (const [name, ended, other, proof] of same) {
  test(`${name} is the same program`, () => assert.match(sameProgram(ended, other) ?? 'not proven', proof));
}

const different: readonly (readonly [string, Identity, Identity])[] = [
  ['another file', ran('/srv/api'), ran('/srv/worker')],
  ['a file of the same name elsewhere', ran('/srv/41/api'), ran('/srv/42/api')],
  ['the same path in another mount namespace', ran('/srv/api'), ran('/srv/api', '/', elsewhere)],
  [
    'the same path, of which the mount namespace is hidden',
    ran('/srv/api'),
    ran('/srv/api', '/', { mounts: undefined }),
  ],
  [
    'another instance of a template',
    ran('/srv/api', '/system.slice/system-api.slice/api@1.service'),
    ran('/srv/api', '/system.slice/system-api.slice/api@2.service'),
  ],
  [
    'the same file outside of its unit',
    ran('/srv/api', '/system.slice/api.service'),
    ran('/srv/api', '/user.slice/user-0.slice/session-1.scope'),
  ],
  [
    "a unit of another user's manager",
    ran('/srv/api', '/user.slice/user-1000.slice/user@1000.service/app.slice/api.service'),
    ran('/srv/api', '/user.slice/user-1001.slice/user@1001.service/app.slice/api.service'),
  ],
  [
    'another program of its unit',
    ran('/srv/api', '/system.slice/api.service'),
    ran('/srv/migrate', '/system.slice/api.service'),
  ],
  [
    'another container of the same image',
    ran('/api', `/docker/${idA}`),
    ran('/api', `/docker/${idB}`, elsewhere),
  ],
  ['the same file outside of its container', ran('/api', `/docker/${idA}`), ran('/api')],
  [
    'the same unit within another container',
    ran('/api', `/docker/${idA}/system.slice/api.service`),
    ran('/api', `/docker/${idB}/system.slice/api.service`, elsewhere),
  ],
  [
    'a container of another pod',
    ran('/api', `/kubepods/burstable/pod${podA}/${idA}`),
    ran('/api', `/kubepods/burstable/pod${podB}/${idB}`, elsewhere),
  ],
];

for (const [name, ended, other] of different) {
  test(`${name} is not the same program`, () => assert.equal(sameProgram(ended, other), undefined));
}

test('of several the one of the same parent comes first, then the one that was started first', () => {
  const ended = ran('/srv/api', '/', supervised);
  const late = ran('/srv/api', '/', { pid: 1, startTicks: 3000 });
  const early = ran('/srv/api', '/', { pid: 3, startTicks: 2000 });
  const supervisors = ran('/srv/api', '/', { pid: 2, startTicks: 4000, ...supervised });
  assert.deepEqual([late, early, supervisors].sort(byLikelihood(ended)), [supervisors, early, late]);
});

test('a process is known by what the kernel says of it, and nothing is known of one that is gone', () => {
  const own = identityOf(process.pid);
  assert.equal(own?.parent, process.ppid);
  assert.match(own?.path ?? '', /\/node[^/]*$/);
  assert.equal(identityOf(process.pid, 'another-name'), undefined);
  assert.equal(identityOf(2 ** 22), undefined);
});
