// What 50,000 rows a poll cost: node --expose-gc --import tsx test/bench/pixie-rows.ts
import { type ProbeName, probeNames } from '../../src/gc/probe.js';
import { nanos } from '../../src/gc/units.js';
import { RowAssembler } from '../../src/sources/pixie/rows/assemble.js';
import { NodeClock } from '../../src/sources/pixie/rows/node-clock.js';
import { Poller } from '../../src/sources/pixie/rows/poller.js';
import type { CallRow } from '../../src/sources/pixie/rows/rows.js';
import type { ScriptTable } from '../../src/sources/pixie/vizier.js';
import { type CyclePlan, clockTable, processOne, tableOf, tellStory } from '../helpers/pixie-story.js';

const sinceUnixNs = 1_790_000_000_000_000_000n;
const polls = 100;
const newRows = 50_000;
const probes = probeNames.filter((probe) => probe !== 'gcSetTriggerRatio');
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const plan: CyclePlan = {
  idleNs: 150e6,
  forced: false,
  stoppingNs: 20_000,
  stoppedNs: 80_000,
  assists: 4,
  assistNs: 5e6,
  rivals: 2,
  readsMemStats: false,
  lastStoppedNs: 100_000,
  allocs: 0,
  sweeps: 0,
  stepNs: 1e6,
};

/** Five cycles a second between calls that come as thick as the second needs. */
const cycleRows = tellStory(new Array(polls * 5).fill(plan)).rows;

const share: Partial<Record<ProbeName, number>> = {
  allocSpan: 0.5,
  sweepone: 0.3,
  gcDrainN: 0.1,
  gcAssistAlloc1: 0.1,
};

function rowsOf(probe: ProbeName, second: number): CallRow[] {
  const fromNs = second * 1e9;
  const rows = cycleRows.filter(
    (row) => row.probe === probe && row.atNs >= fromNs && row.atNs < fromNs + 1e9,
  );
  const count = Math.round(newRows * (share[probe] ?? 0));
  const values = probe === 'gcDrainN' ? [64_000, 65_536] : [probe === 'sweepone' ? -1 : 3];
  for (let i = 0; i < count; i++) {
    const atNs = fromNs + Math.floor((i * 1e9) / count) + (i % 7);
    rows.push({ probe, atNs, latencyNs: 400 + (i % 900), goid: i % 64, process: processOne, values });
  }
  return rows.sort((a, b) => a.atNs - b.atNs);
}

function answerOf(
  poller: Poller,
  seconds: ReadonlyMap<number, ReadonlyMap<ProbeName, CallRow[]>>,
  nowNs: number,
) {
  const tables: ScriptTable[] = [];
  let rows = 0;
  for (const probe of probes) {
    const startNs = Number(poller.startUnixNs(probe) - sinceUnixNs);
    const found = [...seconds.values()]
      .flatMap((of) => of.get(probe) ?? [])
      .filter(({ atNs }) => atNs >= startNs);
    rows += found.length;
    tables.push(tableOf(probe, found, sinceUnixNs));
  }
  return { tables: [...tables, clockTable(sinceUnixNs + BigInt(nowNs))], rows };
}

const heapMiB = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
};

const clock = new NodeClock({ nodeNowNs: 0, sentNs: nanos(0), receivedNs: nanos(1) });
const poller = new Poller({ sinceUnixNs, rowCap: 1_000_000 });
const assembler = new RowAssembler({ probes, toSessionNs: (nodeNs) => clock.toSessionNs(nodeNs) });
const seconds = new Map<number, ReadonlyMap<ProbeName, CallRow[]>>();
const costs: number[] = [];
const heaps: number[] = [];
let [answered, fresh, events] = [0, 0, 0];
for (let poll = 0; poll < polls; poll++) {
  seconds.set(poll, new Map(probes.map((probe) => [probe, rowsOf(probe, poll)])));
  seconds.delete(poll - 5);
  const nowNs = (poll + 1) * 1e9;
  const { tables, rows } = answerOf(poller, seconds, nowNs);
  const before = process.cpuUsage();
  const news = poller.learn(tables);
  clock.learn({ nodeNowNs: news.nodeNowNs ?? 0, sentNs: nanos(nowNs - 1), receivedNs: nanos(nowNs) });
  assembler.add(news.fresh);
  const chapters = assembler.settle(news.settledNs);
  const { user, system } = process.cpuUsage(before);
  costs.push((user + system) / 1000);
  answered += rows;
  fresh += news.fresh.reduce((sum, table) => sum + table.rows.length, 0);
  for (const { parts } of chapters)
    for (const part of parts) if (part.type === 'events') events += part.events.length;
  if (poll % 10 === 9) heaps.push(heapMiB());
}
const sorted = costs.slice(5).sort((a, b) => a - b);
const at = (part: number): string => (sorted[Math.floor(part * (sorted.length - 1))] ?? 0).toFixed(0);
print(
  `new rows a poll: ${Math.round(fresh / polls)}; rows in an answer, overlap included: ${Math.round(answered / polls)}`,
);
print(`events a poll: ${Math.round(events / polls)}`);
print(`CPU a poll, ms: median ${at(0.5)}, p95 ${at(0.95)}, most ${at(1)}`);
print(
  `heap after every 10 polls, MiB${globalThis.gc === undefined ? ' (run with --expose-gc for exact ones)' : ''}: ${heaps.map((mib) => mib.toFixed(0)).join(' ')}`,
);
