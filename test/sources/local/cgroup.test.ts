import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Belonging, parseCgroup } from '../../../src/sources/local/cgroup.js';

const id = '4f1c9e0a7b2d4c3e8f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7f80912';
const inner = '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef';
const uid = '6f2c1d9e-8a7b-4c3d-9e1f-0a2b3c4d5e6f';
const slice = `kubepods-burstable-pod${uid.replaceAll('-', '_')}.slice`;
const perUser = '/user.slice/user-1000.slice/user@1000.service';

const cases: readonly (readonly [string, string, Belonging])[] = [
  ['docker, systemd driver', `/system.slice/docker-${id}.scope`, { container: { id, runtime: 'docker' } }],
  ['docker, cgroupfs driver', `/docker/${id}`, { container: { id, runtime: 'docker' } }],
  ['rootless docker', `${perUser}/user.slice/docker-${id}.scope`, { container: { id, runtime: 'docker' } }],
  ['a group that a container made', `/docker/${id}/init`, { container: { id, runtime: 'docker' } }],
  ['docker within docker', `/docker/${id}/docker/${inner}`, { container: { id: inner, runtime: 'docker' } }],
  [
    'a unit of a container that runs systemd',
    `/docker/${id}/system.slice/api.service`,
    { container: { id, runtime: 'docker' }, unit: 'api.service' },
  ],
  ['nerdctl', `/system.slice/nerdctl-${id}.scope`, { container: { id, runtime: 'containerd' } }],
  ['nerdctl, cgroupfs driver', `/default/${id}`, { container: { id } }],
  ['a task of ECS', `/ecs/5d1c0b2a3f4e4d6c9b8a7f6e5d4c3b2a/${id}`, { container: { id } }],
  [
    'containerd in a pod, systemd driver',
    `/kubepods.slice/kubepods-burstable.slice/${slice}/cri-containerd-${id}.scope`,
    { container: { id, runtime: 'containerd' }, podUid: uid },
  ],
  [
    'a pod of guaranteed quality',
    `/kubepods.slice/kubepods-pod${uid.replaceAll('-', '_')}.slice/crio-${id}.scope`,
    { container: { id, runtime: 'cri-o' }, podUid: uid },
  ],
  [
    'cri-o with a group of its own for the program',
    `/kubepods.slice/kubepods-burstable.slice/${slice}/crio-${id}.scope/container`,
    { container: { id, runtime: 'cri-o' }, podUid: uid },
  ],
  ['a pod, cgroupfs driver', `/kubepods/besteffort/pod${uid}/${id}`, { container: { id }, podUid: uid }],
  [
    'docker in a pod, systemd driver',
    `/kubepods.slice/kubepods-burstable.slice/${slice}/docker-${id}.scope`,
    { container: { id, runtime: 'docker' }, podUid: uid },
  ],
  [
    'a static pod',
    `/kubepods/burstable/pod8d3f0f6f0f5a4a1c9f0e7b6a5c4d3e2f/${id}`,
    { container: { id }, podUid: '8d3f0f6f0f5a4a1c9f0e7b6a5c4d3e2f' },
  ],
  [
    'a pod of kind, whose node is a container',
    `/docker/${inner}/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/kubelet-${slice}/cri-containerd-${id}.scope`,
    { container: { id, runtime: 'containerd' }, podUid: uid },
  ],
  [
    'containerd that was not told of systemd',
    `/system.slice/containerd.service/${slice}:cri-containerd:${id}`,
    { container: { id, runtime: 'containerd' }, podUid: uid },
  ],
  ['podman', `/machine.slice/libpod-${id}.scope/container`, { container: { id, runtime: 'podman' } }],
  ['podman, cgroupfs driver', `/libpod_parent/libpod-${id}`, { container: { id, runtime: 'podman' } }],
  [
    'podman, rootless and in a pod',
    `${perUser}/user.slice/user-libpod_pod_${inner}.slice/libpod-${id}.scope/container`,
    { container: { id, runtime: 'podman' } },
  ],
  [
    'podman as a service of systemd',
    `/system.slice/api.service/libpod-payload-${id}`,
    { container: { id, runtime: 'podman' }, unit: 'api.service' },
  ],
  ['the monitor of a podman container', `/machine.slice/libpod-conmon-${id}.scope`, {}],
  [
    'the monitor of a pod',
    `/kubepods.slice/kubepods-burstable.slice/${slice}/crio-conmon-${id}.scope`,
    { podUid: uid },
  ],
  ['a service', '/system.slice/gc-service.service', { unit: 'gc-service.service' }],
  ['an instance of a template', '/system.slice/system-api.slice/api@2.service', { unit: 'api@2.service' }],
  ['an escaped name', '/system.slice/dev\\x2dhub.service', { unit: 'dev\\x2dhub.service' }],
  ['a name like a controller', '/system.slice/_memory.service', { unit: 'memory.service' }],
  ['a service with groups of its own', '/system.slice/api.service/workers', { unit: 'api.service' }],
  ['a scope of the system', '/system.slice/batch.scope', { unit: 'batch.scope' }],
  ["a user's service", `${perUser}/app.slice/api.service`, { unit: 'api.service', unitOfUser: 1000 }],
  ['a login session', '/user.slice/user-0.slice/session-c1.scope', {}],
  ['an application of a desktop', `${perUser}/app.slice/app-gnome-terminal-4711.scope`, {}],
  ["a user's manager", `${perUser}/init.scope`, {}],
  ['the first process', '/init.scope', {}],
  ['no group', '/', {}],
  ['seen from within a container', '/../../system.slice/api.service', { unit: 'api.service' }],
  ['a folder with a colon', '/a:b', {}],
  ['a slice alone', '/system.slice', {}],
];

for (const [name, path, belonging] of cases) {
  test(`${name} is read from its control group`, () => {
    assert.deepEqual(parseCgroup(`0::${path}\n`), belonging);
  });
}

test("systemd's own hierarchy of version 1 says the unit, another one the container", () => {
  const text = [
    '12:freezer:/',
    `11:memory:/docker/${id}`,
    '4:cpu,cpuacct:/system.slice/docker.service',
    '1:name=systemd:/system.slice/api.service',
    '0::/',
    '',
  ].join('\n');
  assert.deepEqual(parseCgroup(text), {
    container: { id, runtime: 'docker' },
    unit: 'api.service',
  });
});

test('version 1 of a pod is read like version 2', () => {
  const path = `/kubepods/burstable/pod${uid}/${id}`;
  const text = `11:pids:${path}\n3:cpu,cpuacct:${path}\n1:name=systemd:${path}\n`;
  assert.deepEqual(parseCgroup(text), { container: { id }, podUid: uid });
});

test('what is no list of control groups says nothing', () => {
  for (const text of ['', 'nonsense\n', '1:cpu\n', '0:::\n']) assert.deepEqual(parseCgroup(text), {});
});
