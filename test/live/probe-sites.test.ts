import assert from 'node:assert/strict';
import { closeSync, copyFileSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { ProbeSite } from '../../src/binary/probe-site.js';
import { type LocalProcess, openProcess } from '../../src/sources/local/process.js';
import { verifiedSite } from '../../src/sources/local/verified-site.js';
import { type Child, start } from '../../src/system/process.js';
import { folder } from '../helpers/folder.js';
import { build, startTraced } from '../helpers/go-program.js';
import { liveTest } from '../helpers/live.js';

const [nop, int3] = [0x90, 0xcc];

for (const [what, flags] of [
  ['as usual', []],
  ['position-independent and stripped', ['-buildmode=pie', '-ldflags=-s -w']],
] as const) {
  liveTest(`no probe sits in a program, built ${what}, but where its own instruction begins`, async (t) => {
    // A probe sits on the file: those of other tests must not come and go in this one's memory.
    const path = join(folder(t), 'collector');
    copyFileSync((await build('collector', { flags })).path, path);
    const watched = await stopped(t, path);
    const site = watched.program.cycleProbe ?? assert.fail('it has no place for a probe');
    const { fileOffset, before, bytes } = site;
    assert.equal(verifiedSite(watched, site), site);
    for (let shift = -before; shift < bytes.length - before; shift++) {
      if (shift !== 0) refused(watched, moved(site, shift), 'no instruction is known to begin there');
    }

    const copy = join(folder(t), 'copy');
    copyFileSync(path, copy);
    for (let i = 0; i < bytes.length; i++) {
      const back = put(copy, fileOffset - before + i, i === before ? int3 : nop);
      refused({ ...watched, executable: copy }, site, 'its code is not what its file said a moment ago');
      back();
    }
    assert.equal(verifiedSite({ ...watched, executable: copy }, site), site);

    const memory = `/proc/${watched.pid}/mem`;
    const function_ = site.address - before + watched.loadBias;
    for (let i = 0; i < bytes.length; i++) {
      const back = put(memory, function_ + i, nop);
      refused(watched, site, 'its code is not what its file said a moment ago');
      back();
    }
    const back = put(memory, function_ + before, int3);
    assert.equal(verifiedSite(watched, site), site, 'another one that probes there is nobody to mind');
    const tracer = await traced(t, watched.pid);
    refused(watched, site, `process '${tracer.pid}' debugs it, and has a breakpoint there`);
    await tracer.terminate(1_000);
    back();
    assert.equal(verifiedSite(watched, site), site);
  });
}

function refused(watched: LocalProcess, site: ProbeSite, why: string): void {
  assert.throws(() => verifiedSite(watched, site), {
    code: 'TRACEFS',
    message: `the program is not probed: ${why}`,
  });
}

/** The site as it would be some bytes further, with the same bytes around it. */
const moved = (site: ProbeSite, shift: number): ProbeSite => ({
  ...site,
  address: site.address + shift,
  fileOffset: site.fileOffset + shift,
  before: site.before + shift,
});

/** A program that stands still, so that nothing runs what is written into it. */
async function stopped(t: TestContext, path: string): Promise<LocalProcess> {
  const program = await startTraced(path, ['-pace', '1s']);
  process.kill(program.pid, 'SIGSTOP');
  t.after(async () => {
    process.kill(program.pid, 'SIGCONT');
    await program.end();
  });
  const watched = openProcess(program.pid);
  t.after(() => watched.memory.close());
  return watched;
}

/** Writes a byte and gives what writes the old one back. */
function put(path: string, at: number, value: number): () => void {
  const fd = openSync(path, 'r+');
  const old = Buffer.alloc(1);
  const write = (byte: Uint8Array) => writeSync(fd, byte, 0, 1, at);
  readSync(fd, old, 0, 1, at);
  write(Uint8Array.of(old[0] === value ? value + 1 : value));
  return () => {
    write(old);
    closeSync(fd);
  };
}

/** Traces the process, as a debugger does, until it is ended. */
async function traced(t: TestContext, pid: number): Promise<Child> {
  const seize = 0x4206; // PTRACE_SEIZE
  const code = `import ctypes, time
print(ctypes.CDLL(None).ptrace(${seize}, ${pid}, 0, 0), flush=True)
time.sleep(60)`;
  let said = (_line: string) => {};
  const answer = new Promise<string>((resolve) => {
    said = resolve;
  });
  const tracer = await start('python3', ['-c', code], { stdout: (line) => said(line) });
  t.after(() => tracer.terminate(1_000));
  assert.equal(await answer, '0', 'it cannot be traced');
  return tracer;
}
