import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { compareWithTrace } from '../helpers/gctrace-lines.js';
import { startTraced } from '../helpers/go-program.js';
import { buildVariant, type Variant } from '../helpers/go-variant.js';
import { liveTest } from '../helpers/live.js';
import { addressIn, sendTraffic } from '../helpers/send-traffic.js';
import { cyclesOf, tellsOfCycle, watchProcess } from '../helpers/watch.js';

const wanted = 60;
const stripped = '-ldflags=-s -w';

const variants: readonly (Variant & { readonly what: string })[] = [
  { what: 'stripped', flags: [stripped] },
  { what: 'position-independent', flags: ['-buildmode=pie'] },
  { what: 'position-independent and stripped', flags: ['-buildmode=pie', stripped] },
];

for (const { what, ...variant } of variants) {
  liveTest(`every cycle of the demo service, ${what}, is what its own gctrace prints`, (t) =>
    compareService(t, variant),
  );
}

/** Watches the service under load and compares every figure of every cycle with what it printed itself. */
async function compareService(t: TestContext, variant: Variant): Promise<void> {
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
