import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createTraffic, trafficAddress } from '../../src/effects/traffic.js';
import type { Note } from '../../src/gc/stream.js';
import { Channel } from '../../src/system/channel.js';
import { systemClock } from '../../src/system/clock.js';

const shape = { arrayLength: 10, bytesPerElement: 64 };

async function serve(t: TestContext, listener: RequestListener): Promise<{ server: Server; address: URL }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  return { server, address: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`) };
}

function trafficTo(t: TestContext, address: URL) {
  const notes = new Channel<Note>();
  const traffic = createTraffic({
    address: () => address,
    clock: systemClock(),
    tell: (note) => notes.push(note),
  });
  t.after(() => traffic.end());
  return { notes, traffic };
}

async function next(notes: AsyncIterable<Note>, code: string): Promise<Note> {
  for await (const note of notes) if (note.code === code) return note;
  return assert.fail(`no note '${code}'`);
}

test('each button asks for its endpoint and reports the answer', async (t) => {
  const asked: string[] = [];
  const { address } = await serve(t, (request, response) => {
    asked.push(request.url ?? '');
    response.end('Ran garbage collector\nand more');
  });
  const { notes, traffic } = trafficTo(t, address);
  for (const button of ['g', 'a', 'c'] as const) {
    traffic.send(button, shape);
    const { text, traffic: report } = await next(notes, 'traffic.answer');
    assert.match(text, new RegExp(`^${button}: 200 in `));
    assert.ok(report);
    assert.equal(report.answer, 'Ran garbage collector');
    assert.equal(report.status, 200);
    assert.ok(report.endedAtNs - report.startedAtNs >= report.slowestNs);
  }
  assert.deepEqual(asked, [
    '/allocate-memory-and-run-gc?arrayLength=10&bytesPerElement=64',
    '/allocate-memory?arrayLength=10&bytesPerElement=64',
    '/run-gc',
  ]);
});

test('a burst is several requests at once and one report', async (t) => {
  let together = 0;
  const waiting: (() => void)[] = [];
  const { address } = await serve(t, (_, response) => {
    together += 1;
    waiting.push(() => response.end('ok'));
    if (together === 4) for (const answer of waiting) answer();
  });
  const { notes, traffic } = trafficTo(t, address);
  traffic.send('b', shape);
  const { traffic: report } = await next(notes, 'traffic.answer');
  assert.equal(report?.requests, 4);
  assert.equal(report?.failed, 0);
});

test('a refusal and a closed connection are told as failures with their reason', async (t) => {
  const { address } = await serve(t, (request, response) => {
    if (request.url === '/run-gc') request.socket.destroy();
    else response.writeHead(400).end('arrayLength must be at least 1');
  });
  const { notes, traffic } = trafficTo(t, address);
  traffic.send('a', shape);
  const refused = await next(notes, 'traffic.answer');
  assert.equal(refused.level, 'warning');
  assert.match(refused.text, /1 of 1 failed \(arrayLength must be at least 1\)/);
  traffic.send('c', shape);
  const cut = await next(notes, 'traffic.answer');
  assert.equal(cut.traffic?.failed, 1);
  assert.equal(cut.traffic?.status, undefined);
  assert.match(cut.text, /socket hang up/);
});

test('a steady rate goes on until it is set to none', async (t) => {
  const { address } = await serve(t, (_, response) => response.end('ok'));
  const { notes, traffic } = trafficTo(t, address);
  traffic.setRate(200, shape);
  for (let i = 0; i < 5; i += 1) assert.equal((await next(notes, 'traffic.answer')).traffic?.button, 'rate');
  traffic.setRate(0, shape);
  traffic.send('c', shape);
  let note = await next(notes, 'traffic.answer');
  while (note.traffic?.button === 'rate') note = await next(notes, 'traffic.answer');
  assert.equal(note.traffic?.button, 'c');
});

test('ending it leaves no request and says nothing more', async (t) => {
  const { address, server } = await serve(t, () => {});
  const { notes, traffic } = trafficTo(t, address);
  const [, socket] = await Promise.all([
    traffic.send('a', shape),
    once(server, 'connection').then(([s]) => s),
  ]);
  traffic.end();
  await once(socket, 'close');
  notes.close();
  for await (const { code } of notes) assert.equal(code, 'traffic.sent');
});

test('an address for traffic is an http address', () => {
  assert.equal(trafficAddress('http://localhost:80/').href, 'http://localhost/');
  assert.throws(() => trafficAddress('localhost:8080'), /expected an address such as/);
});
