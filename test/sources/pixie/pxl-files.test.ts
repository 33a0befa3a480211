import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type ProbeName, probeCatalogue, probeNames } from '../../../src/gc/probe.js';
import { type Traced, tableName } from '../../../src/sources/pixie/pxl.js';
import { readPxlTexts } from '../../../src/sources/pixie/pxl-files.js';
import { columnsTaken, tablesOf } from '../../helpers/pxl-tables.js';
import { type PxlTable, runPxl } from '../../helpers/run-pxl.js';

const folder = fileURLToPath(new URL('../../../pxl/', import.meta.url));
const texts = await readPxlTexts();
const gc = readFileSync(join(folder, 'gc.pxl'), 'utf8');
const allTables = {
  ...tablesOf({}),
  [tableName('canary')]: { columns: ['upid', 'time_', 'goid_', 'latency'], rows: [] },
};
const traced: readonly Traced[] = ['canary', ...probeNames];

test('there is one file for each probe, and none that nothing reads', () => {
  const probes = probeNames.map((name) => `probes/${name}.pxl`);
  assert.deepEqual(files(), ['README.md', 'canary.pxl', 'gc.pxl', ...probes, 'vis.json'].sort());
});

test('no two files differ in case alone, so that they can lie on every file system', () => {
  const lower = files().map((name) => name.toLowerCase());
  assert.equal(new Set(lower).size, lower.length);
});

for (const name of traced) {
  test(`${name} deploys what the catalogue says, run as it stands`, () => {
    const table = tableName(name);
    const columns = ['upid', 'time_', 'goid_', ...columnsTaken(name).map(([column]) => column)];
    const { upserts, displays } = runPxl(texts.get(name) ?? '', {
      tables: { [table]: { columns, rows: [] } },
    });
    assert.deepEqual(upserts, [
      {
        name: `gctop_${name}`,
        table,
        symbol: probeCatalogue[name === 'canary' ? 'gcStart' : name].symbol,
        columns: columnsTaken(name),
        target: ['default/gc-service-...', '', ''],
        ttl: name === 'canary' ? '2m' : '10m',
      },
    ]);
    assert.deepEqual(displays, { [name]: { columns, rows: [] } });
  });
}

test('the head of every file names what is to be filled in, and says where', () => {
  for (const name of traced) {
    const text = texts.get(name) ?? '';
    const { variables } = runPxl(text, { tables: allTables });
    assert.deepEqual(Object.keys(variables), ['pod', 'container', 'tracepoint', 'table', 'ttl']);
    assert.match(text, /^# .*Scratch Pad: fill in the pod/m);
  }
  assert.match(gc, /Scratch Pad.*: fill in the pod/s);
});

test('gc.pxl knows the table of every probe', () => {
  const { variables } = runPxl(gc, { tables: tablesOf({}) });
  for (const name of probeNames) assert.equal(variables[name], tableName(name));
});

test('gc.pxl shows one table for each widget', () => {
  const { displays } = runPxl(gc, { tables: tablesOf({}) });
  assert.deepEqual(new Set(Object.keys(displays)), new Set(vis().widgets.map(({ name }) => name)));
});

test('each widget calls a function of gc.pxl with the arguments that it takes, and draws what it gives', () => {
  const { variables, widgets } = vis();
  assert.deepEqual(
    variables.map(({ name, type }) => [name, type]),
    [
      ['start_time', 'PX_STRING'],
      ['pod', 'PX_POD'],
    ],
  );
  for (const { name, func, displaySpec } of widgets) {
    for (const arg of func.args) assert.equal(arg.variable, arg.name);
    const given = { start_time: '-1m', pod };
    const args = Object.fromEntries(
      Object.entries(given).filter(([arg]) => func.args.some((a) => a.name === arg)),
    );
    const { results } = runPxl(gc, { tables: tablesOf({}), calls: [[func.name, args]] });
    const columns = results[func.name]?.columns ?? [];
    assert.ok(columns.includes('time_'), `${name} has a time`);
    for (const { value } of displaySpec.timeseries ?? [])
      assert.ok(columns.includes(value), `${name}: ${value}`);
  }
});

test("the widgets are the original's seven and the pauses, one below the other", () => {
  const { widgets } = vis();
  assert.deepEqual(
    widgets.map(({ func, displaySpec }) => [func.name, displaySpec['@type'].split('.').at(-1)]),
    [
      ['high_level_events', 'Table'],
      ['memory_events', 'Table'],
      ['alloc_timeseries', 'TimeseriesChart'],
      ['mark_timeseries', 'TimeseriesChart'],
      ['sweep_timeseries', 'TimeseriesChart'],
      ['trigger_ratio', 'TimeseriesChart'],
      ['assist_alloc_timeseries', 'TimeseriesChart'],
      ['pauses_timeseries', 'TimeseriesChart'],
    ],
  );
  assert.deepEqual(
    widgets.map(({ position }) => position),
    widgets.map((_, index) => ({ x: 0, y: 3 * index, w: 12, h: 3 })),
  );
});

const pod = 'default/gc-service-1';
const s = 1e9;
const bin = 60e6; // a thousandth of a minute

test('pages, mark work and assist work are added up by bins of a thousandth of the time shown', () => {
  const rows = (of: readonly number[]) => [
    ['ours', 10 * s, 1, ...of, 5],
    ['ours', 10 * s + 1, 1, ...of, 5],
    ['theirs', 10 * s + 2, 1, ...of, 5],
    ['ours', 10 * s + bin, 1, ...of, 5],
  ];
  const given = { allocSpan: rows([8]), gcDrainN: rows([64, 50]), gcAssistAlloc1: rows([70]) };
  const start = 10 * s - ((10 * s) % bin);
  const sums = (each: number) => [
    [start, 2 * each],
    [start + bin, each],
  ];
  assert.deepEqual(called('alloc_timeseries', given).rows, sums(8));
  assert.deepEqual(called('mark_timeseries', given).rows, sums(50));
  assert.deepEqual(called('assist_alloc_timeseries', given).rows, sums(70));
});

test('a call of sweepone that found nothing adds no pages', () => {
  const rows = [
    ['ours', 10 * s, 1, 3, 5],
    ['ours', 10 * s + 1, 1, -1, 5],
    ['ours', 10 * s + 2, 1, 4, 5],
  ];
  assert.deepEqual(
    called('sweep_timeseries', { sweepone: rows }).rows.map(([, pages]) => pages),
    [7],
  );
  assert.deepEqual(
    called('memory_events', { sweepone: rows }).rows.map((row) => row.at(-1)),
    [3, 4],
  );
});

test('a pause lasts from the call that stops the world to the return of the one that starts it', () => {
  const at = 12 * s; // where a bin begins
  const { rows } = called('pauses_timeseries', {
    stopTheWorldWithSema: [
      ['ours', at + 1_000, 1, 400], // asked for at 600
      ['ours', at + 9_000, 1, 1_000], // at 8,000
      ['ours', at + 2 * bin - 10, 1, 5],
    ],
    startTheWorldWithSema: [
      ['ours', at + 5_000, 1, 30],
      ['ours', at + 10_000, 1, 30],
      ['ours', at + 2 * bin + 10, 1, 5], // in the next bin: both are left out
    ],
  });
  assert.deepEqual(rows, [[at, 5_000 - 600 + 10_000 - 8_000]]);
});

test('the trigger ratio is taken from what was marked and from the trigger, where there are both', () => {
  const { rows } = called('trigger_ratio', {
    commit: [
      ['ours', 12 * s, 1, 4_000_000, 8_000_000, 5],
      ['ours', 13 * s, 1, 5_000_000, -1, 5],
    ],
    gcPaceSweeper: [
      ['ours', 12 * s + 900, 1, 7_000_000, 5],
      ['ours', 13 * s + 900, 1, -1, 5],
    ],
  });
  assert.deepEqual(
    rows.map(([, ratio]) => ratio),
    [0.75],
  );
});

test('the trigger ratio of Go 1.16 is as the runtime sets it', () => {
  const { rows } = called('trigger_ratio_go1_16', { gcSetTriggerRatio: [['ours', 12 * s, 1, 0.95, 5]] });
  assert.deepEqual(rows, [[12 * s, 0.95]]);
});

test('the steps of a collection come in order of time', () => {
  const row = (at: number, ...own: readonly number[]) => [['ours', at, 7, ...own, 5]];
  const { columns, rows } = called('high_level_events', {
    GC: row(50 * s),
    gcStart: row(20 * s, 0, 3),
    gcWaitOnMark: row(40 * s, 3),
    gcMarkTermination: row(39 * s),
    gcSweep: row(38 * s),
  });
  assert.deepEqual(columns, ['time_', 'event', 'goid_', 'latency']);
  assert.deepEqual(
    rows.map(([, event]) => event),
    ['gcStart', 'gcSweep', 'gcMarkTermination', 'gcWaitOnMark', 'GC'],
  );
});

test('what Python knows and PxL does not is found out', () => {
  assert.throws(() => runPxl('for x in []:\n    pass\n'), /PxL has no For/);
  assert.throws(() => runPxl("v = f'{1}'\n"), /PxL has no JoinedStr/);
  assert.throws(() => runPxl('import px\npx.DataFrame("none")\n'), /Table 'none' not found/);
});

/** What a function of gc.pxl gives for one minute of rows; of two processes, one is another pod's. */
function called(name: string, rows: Partial<Record<ProbeName, PxlTable['rows']>>): PxlTable {
  const { results } = runPxl(gc, {
    tables: tablesOf(rows),
    pods: { ours: pod, theirs: 'default/gc-service-2' },
    now: 60 * s,
    calls: [[name, { start_time: '-1m', pod }]],
  });
  const result = results[name];
  assert.ok(result);
  return result;
}

interface Widget {
  readonly name: string;
  readonly position: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
  readonly func: { readonly name: string; readonly args: readonly { name: string; variable: string }[] };
  readonly displaySpec: { readonly '@type': string; readonly timeseries?: readonly { value: string }[] };
}

function vis(): { variables: readonly { name: string; type: string }[]; widgets: readonly Widget[] } {
  return JSON.parse(readFileSync(join(folder, 'vis.json'), 'utf8'));
}

function files(): string[] {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true });
  return all
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length))
    .sort();
}
