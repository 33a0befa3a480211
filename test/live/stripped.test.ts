import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { run } from '../../src/system/process.js';
import { esbuilds, fetchEsbuild, serveEsbuild } from '../helpers/esbuild.js';
import { compareWithTrace } from '../helpers/gctrace-lines.js';
import { startTraced } from '../helpers/go-program.js';
import { buildVariant, type Variant } from '../helpers/go-variant.js';
import { liveTest } from '../helpers/live.js';
import { addressIn, sendTraffic } from '../helpers/send-traffic.js';
import { cyclesOf, tellsOfCycle, type Watch, watchProcess } from '../helpers/watch.js';

const wanted = 60;
const stripped = '-ldflags=-s -w';

const variants: readonly (Variant & { readonly what: string })[] = [
  { what: 'stripped', flags: [stripped] },
  { what: 'position-independent', flags: ['-buildmode=pie'] },
  { what: 'position-independent and stripped', flags: ['-buildmode=pie', stripped] },
  { what: 'stripped, without inlining, as for a debugger', flags: ['-gcflags=all=-N -l', stripped] },
  { what: 'linked with C', cgo: true },
  {
    what: 'linked with C, position-independent and stripped',
    cgo: true,
    flags: ['-buildmode=pie', stripped],
  },
];

for (const { what, ...variant } of variants) {
  liveTest(`every cycle of the demo service, ${what}, is what its own gctrace prints`, (t) =>
    compareService(t, variant),
  );
}

for (const { version, go } of esbuilds) {
  liveTest(
    `every cycle of esbuild ${version}, stripped and built with ${go}, is what its own gctrace prints`,
    async (t) => {
      const program = await serveEsbuild(t, await fetchEsbuild(version));
      t.after(() => program.end());
      const watch = watchProcess(program.pid);
      await watch.until(({ type }) => type === 'events');
      const busy = new AbortController();
      const asking = program.keepBusy(busy.signal);
      const first = await firstCycle(watch);
      await watch.until(tellsOfCycle(first + wanted));
      busy.abort();
      await asking;
      const cycles = cyclesOf(await watch.stop());
      await program.end();
      compareWithTrace(t, cycles, { trace: program.gctrace, goMinor: Number(go.split('.')[1]) });
      assert.ok(cycles.length >= wanted);
      assert.ok(cycles.every(({ evidence }) => evidence === 'exact'));
      assert.deepEqual(
        watch.messages.flatMap((message) => (message.type === 'target' ? message.target.goVersion : []))[0],
        go,
      );
    },
  );
}

/** The number of the first cycle that is told of. */
async function firstCycle(watch: Watch): Promise<number> {
  await watch.until(tellsOfCycle(1));
  return cyclesOf(watch.messages)[0]?.number ?? assert.fail('no cycle was told of');
}

/** Watches the service under load and compares every figure of every cycle with what it printed itself. */
async function compareService(t: TestContext, variant: Variant): Promise<void> {
  if (variant.cgo && !(await hasCCompiler())) return t.skip('needs a C compiler');
  const { path, goMinor } = await buildVariant(t, 'gc-service', variant);
  const service = await startTraced(path, ['-host', '127.0.0.1', '-port', '0']);
  t.after(() => service.end());
  const watch = watchProcess(service.pid);
  await watch.until(({ type }) => type === 'events');
  const traffic = new AbortController();
  const sent = sendTraffic(addressIn(service.stdout) ?? '', traffic.signal);
  await watch.until(tellsOfCycle(wanted));
  traffic.abort();
  await sent;
  const cycles = cyclesOf(await watch.stop());
  await service.end();
  compareWithTrace(t, cycles, { trace: service.gctrace, goMinor });
  assert.ok(cycles.length >= wanted);
  assert.ok(cycles.every(({ evidence }) => evidence === 'exact'));
}

const hasCCompiler = (): Promise<boolean> =>
  run('gcc', ['--version']).then(
    () => true,
    () => process.env.CI !== undefined, // there it is not skipped: the build says what is missing
  );
