import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { run } from '../../src/system/process.js';
import { type BusyProgram, startCollecting } from './busy-program.js';
import { folder } from './folder.js';
import { fetchPackage } from './npm-program.js';

/** The program of a release of buf, which compiles Protocol Buffers, fetched once. */
export const fetchBuf = async (version: string): Promise<string> =>
  join(await fetchPackage('@bufbuild/buf-linux-x64', version), 'bin/buf');

/** Starts buf on enough messages that it works for seconds, once; it waits for its configuration until then. */
export async function compileWithBuf(t: TestContext, path: string): Promise<BusyProgram> {
  const cwd = folder(t);
  writeSources(cwd);
  await run('mkfifo', ['config.yaml'], { cwd });
  const command = [path, 'build', '-o', '/dev/null', '--config', 'config.yaml'] as const;
  const buf = await startCollecting(t, command, { cwd, gogc, env: { HOME: cwd } });
  const keepBusy = async () => {
    await run('sh', ['-c', 'echo version: v1 > config.yaml'], { cwd, timeoutMs: 30_000 });
  };
  return { ...buf, keepBusy };
}

/** Its heap only grows: each cycle begins with so much more than the one before, in percent. */
const gogc = 4;
const files = 60;
const messages = 150;

function writeSources(cwd: string): void {
  const fields = Array.from({ length: 12 }, (_, i) => `  string field_${i} = ${i + 1};`).join('\n');
  for (let file = 0; file < files; file++) {
    const name = (message: number) => `M${file}x${message % messages}`;
    const text = Array.from(
      { length: messages },
      (_, i) => `message ${name(i)} {\n${fields}\n  repeated ${name(i + 1)} next = 13;\n}`,
    );
    writeFileSync(
      join(cwd, `f${file}.proto`),
      ['syntax = "proto3";', 'package compiled.v1;', ...text, ''].join('\n'),
    );
  }
}
