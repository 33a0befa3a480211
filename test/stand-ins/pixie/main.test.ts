import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { folder } from '../../helpers/folder.js';
import { someCalls } from './some-calls.js';

test('as a program it says where it is, does what it is told, and ends with its stdin', async (t) => {
  const path = join(folder(t), 'calls.ndjson');
  const { calls, ...head } = someCalls();
  writeFileSync(path, [head, ...calls].map((line) => JSON.stringify(line)).join('\n'));
  const options = { fast: true, pods: [{ name: 'gc-1', calls: path }] };
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const program = spawn(process.execPath, ['--import', 'tsx', main, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.after(() => program.kill('SIGKILL'));
  const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
  const answer = async () => JSON.parse((await lines.next()).value ?? '');
  const { address, ca, apiKey, clusterId } = await answer();
  assert.match(address, /^127\.0\.0\.1:\d+$/);
  assert.match(apiKey, /^px-api-/);
  assert.match(clusterId, /^[0-9a-f-]{36}$/);
  assert.ok(existsSync(ca));
  program.stdin.write(`${JSON.stringify({ do: 'addPod', pod: { name: 'gc-2', calls: path } })}\n`);
  assert.ok((await answer()).pid > 0);
  program.stdin.write(`${JSON.stringify({ do: 'tracepoints' })}\n`);
  assert.deepEqual(await answer(), []);
  const exited = once(program, 'exit');
  program.stdin.end();
  assert.deepEqual(await exited, [0, null]);
  assert.ok(!existsSync(ca));
});
