import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { measureHitCosts } from '../../src/sources/local/hit-cost.js';
import { findTracefs } from '../../src/sources/local/tracefs.js';
import { build, startTraced } from '../helpers/go-program.js';
import { liveTest } from '../helpers/live.js';
import { cyclesOf, tellsOfCycle, watchProcess } from '../helpers/watch.js';

liveTest(
  'what gctop probes by default takes less than a hundredth of a core at 500 cycles a second',
  async (t) => {
    const { path } = await build('collector');
    const program = await startTraced(path, ['-pace', '50us', '-force', '2ms']);
    t.after(() => program.end());
    const tracefs = await findTracefs(() => {});
    const costs = await measureHitCosts(tracefs, new AbortController().signal);
    assert.ok(costs !== undefined, 'what a hit costs could not be measured');
    const watch = watchProcess(program.pid);
    await watch.until(tellsOfCycle((await watch.firstCycle()) + 1_000));
    const hits = hitsOf(tracefs, program.pid);
    const cycles = cyclesOf(await watch.stop());
    const seconds = ((cycles.at(-1)?.endAtNs ?? 0) - (cycles[0]?.sweepTermAtNs ?? 0)) / 1e9;
    const [rate, hitRate] = [cycles.length / seconds, hits / seconds];
    // All of them sit where the kernel emulates the instruction (test/e2e/probe-sites.test.ts).
    const share = (hitRate * costs.emulatedNs) / 1e9;
    t.diagnostic(`${rate.toFixed()} cycles/s, ${hitRate.toFixed()} hits/s at ${costs.emulatedNs} ns`);
    t.diagnostic(
      `${(share * 100).toFixed(2)} % of a core, ${((share / rate) * 500 * 100).toFixed(2)} % at 500 cycles/s`,
    );
    assert.ok(hits >= 3 * cycles.length, `${hits} hits in ${cycles.length} cycles`);
    assert.ok((share / rate) * 500 <= 0.01, `${share} of a core at ${rate} cycles/s`);
  },
);

/**
 * How often the probes on a process's file were hit by all processes, as the kernel counts: also what its filter drops.
 * While others place probes its list can leave lines out: the largest of a few looks is taken.
 */
const hitsOf = (tracefs: string, pid: number): number =>
  Math.max(...Array.from({ length: 5 }, () => hitsListed(tracefs, pid)));

function hitsListed(tracefs: string, pid: number): number {
  const lines = readFileSync(`${tracefs}/uprobe_profile`, 'utf8').split('\n');
  const own = lines.map((line) => line.trim().split(/\s+/)).filter(([path]) => path === `/proc/${pid}/exe`);
  return own.reduce((sum, [, , hits]) => sum + Number(hits), 0);
}
