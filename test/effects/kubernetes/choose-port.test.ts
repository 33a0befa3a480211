import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choosePort } from '../../../src/effects/kubernetes/choose-port.js';
import type { Container, Service } from '../../../src/effects/kubernetes/objects.js';
import { podLike } from '../../helpers/pods.js';

const containers: readonly Container[] = [
  { name: 'proxy', running: true, ports: [{ name: 'admin', number: 15001 }] },
  {
    name: 'app',
    running: true,
    ports: [
      { name: 'metrics', number: 9090 },
      { name: 'web', number: 8080 },
    ],
  },
];
const pod = podLike({ name: 'web', labels: { app: 'web', tier: 'front' }, containers });

const service = (target: number | string, selector: Service['selector'] = { app: 'web' }): Service => ({
  name: 'web-service',
  selector,
  ports: [{ port: 80, target }],
});

test('the port that is asked for is taken', () => {
  assert.deepEqual(choosePort(pod, [service(8080)], { port: 1234 }), { number: 1234, why: 'as asked' });
});

test("a service's target port is taken, by number or by name", () => {
  assert.deepEqual(choosePort(pod, [service(8080)]), { number: 8080, why: 'service web-service' });
  assert.deepEqual(choosePort(pod, [service('web')]), { number: 8080, why: 'service web-service' });
  assert.equal(
    choosePort(pod, [service('nope')])?.why,
    'container proxy',
    'a name that no port has leads nowhere',
  );
});

test('a service that selects other pods, or nothing, does not count', () => {
  for (const selector of [{ app: 'other' }, { app: 'web', tier: 'back' }, {}]) {
    assert.equal(choosePort(pod, [service(8080, selector)])?.number, 15001);
  }
});

test('with a container asked for, a service that goes to another one does not count', () => {
  assert.deepEqual(choosePort(pod, [service(15001)], { container: 'app' }), {
    number: 9090,
    why: 'container app',
  });
  assert.equal(choosePort(pod, [service(15001), service('web')], { container: 'app' })?.number, 8080);
});

test('without a service the first port that a container declares is taken, and without one there is none', () => {
  assert.deepEqual(choosePort(podLike({ name: 'bare' }), []), { number: 8080, why: 'container app' });
  const silent = podLike({ name: 'silent', containers: [{ name: 'app', running: true, ports: [] }] });
  assert.equal(choosePort(silent, []), undefined);
});
