// What the figures of docs/cost.md come from: npm run bench. Needs root, tracefs and Go; takes about five minutes.
import { setTimeout as delay } from 'node:timers/promises';
import { createModel } from '../../src/model/create.js';
import { update } from '../../src/model/update.js';
import { view } from '../../src/view/view.js';
import { startGctop } from '../helpers/pty.js';
import { gcServiceScenario, scenarioModel } from '../helpers/scenario.js';
import { largeProgramCost } from './large.js';
import { cpuSeconds, median, peakRssMiB, spread } from './process-cost.js';
import { machine, startService } from './service.js';

const size = { columns: 160, rows: 48 };
const rounds = 10;
const requestsPerRound = 300;

const row = (what: string, figure: string): void => void process.stdout.write(`| ${what} | ${figure} |\n`);

process.stdout.write(`${machine()}\n\n| what | figure |\n|---|---|\n`);
row('start to first frame, ms (11 runs, a recording at 160x48)', spread(await firstFrames(11), 0));
await largeProgramCost(row, size);
await screenCost();
await serviceCost();
row('events a second through update', Math.round(updateRate()).toLocaleString('en-US'));
row('view at 160x48, ms', viewMs().toFixed(2));

async function firstFrames(runs: number): Promise<number[]> {
  const found: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const startedAt = performance.now();
    const gctop = startGctop(['replay', 'test/fixtures/recordings/gc-service.ndjson'], size);
    await gctop.waitFor('1 Heap');
    found.push(performance.now() - startedAt);
    gctop.press('q');
    await gctop.exit();
  }
  return found;
}

/** gctop and the demo service at 5 requests a second, drawn at 160x48. */
async function screenCost(): Promise<void> {
  const gctop = startGctop(['demo', '--rate', '5'], size);
  await gctop.waitFor('LIVE', 60_000);
  await delay(5_000);
  const [cpuBefore, bytesBefore] = [cpuSeconds(gctop.pid), gctop.raw().length];
  const seconds = 30;
  await delay(seconds * 1000);
  const share = (cpuSeconds(gctop.pid) - cpuBefore) / seconds;
  row('CPU of gctop, demo at 5 requests/s, 160x48', `${(share * 100).toFixed(1)} % of a core`);
  row(
    'characters to the terminal',
    `${((gctop.raw().length - bytesBefore) / seconds / 1000).toFixed(1)} k/s`,
  );
  row('peak RSS of gctop', `${peakRssMiB(gctop.pid).toFixed(0)} MiB`);
  gctop.press('q');
  await gctop.exit();
}

/** The same requests with and without gctop beside them, in turn; and without it in both, which is the noise. */
async function serviceCost(): Promise<void> {
  const service = await startService();
  const alone = async () => {
    const before = cpuSeconds(service.pid);
    await service.load(requestsPerRound);
    return ((cpuSeconds(service.pid) - before) / requestsPerRound) * 1e3;
  };
  const watched = async (): Promise<number> => {
    const gctop = startGctop(['-p', String(service.pid)], size);
    await gctop.waitFor('LIVE');
    const cost = await alone();
    gctop.press('q');
    await gctop.exit();
    return cost;
  };
  await alone(); // warms up
  const watching = await pairs(watched, alone);
  const noise = await pairs(alone, alone);
  await service.terminate(1_000);
  const costs = [...watching, ...noise].map(({ second }) => second);
  row(
    `CPU of the service (${service.goVersion}) per request of 8 MiB, alone`,
    `${median(costs).toFixed(2)} ms`,
  );
  row(
    `the same with gctop at 160x48, ratio of ${rounds} pairs of ${requestsPerRound} requests`,
    ratioOf(watching),
  );
  row('the same without it in both, the noise', ratioOf(noise));
}

interface Pair {
  readonly first: number;
  readonly second: number;
}

/** Takes turns in who goes first. */
async function pairs(first: () => Promise<number>, second: () => Promise<number>): Promise<Pair[]> {
  const found: Pair[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const isTurned = round % 2 === 1;
    const [a, b] = isTurned ? [await second(), await first()] : [await first(), await second()];
    found.push(isTurned ? { first: b, second: a } : { first: a, second: b });
  }
  return found;
}

function ratioOf(found: readonly Pair[]): string {
  return spread(
    found.map(({ first, second }) => first / second),
    3,
  );
}

function updateRate(): number {
  const { messages } = gcServiceScenario();
  const events = messages.reduce(
    (sum, message) => sum + (message.type === 'events' ? message.events.length : 1),
    0,
  );
  const rates = Array.from({ length: 21 }, () => {
    const model = createModel({
      size,
      look: { glyphs: 'braille' },
      state: { kind: 'live' },
      utcOffsetMinutes: 0,
    });
    const startedAt = performance.now();
    for (const message of messages) update(model, { type: 'source', message });
    return events / ((performance.now() - startedAt) / 1000);
  });
  return median(rates.slice(1)); // the first is spent compiling
}

function viewMs(): number {
  const model = scenarioModel(size);
  const frames = 500;
  for (let warm = 0; warm < 100; warm += 1) view(model);
  const startedAt = performance.now();
  for (let frame = 0; frame < frames; frame += 1) view(model);
  return (performance.now() - startedAt) / frames;
}
