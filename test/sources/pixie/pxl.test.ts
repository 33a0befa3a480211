import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { probeCatalogue, probeNames, probeSets } from '../../../src/gc/probe.js';
import {
  deleteScript,
  deployScript,
  pemScript,
  quoted,
  readScript,
  rowColumns,
  statusScript,
  tableName,
  tracepointFor,
} from '../../../src/sources/pixie/pxl.js';
import { readPxlTexts } from '../../../src/sources/pixie/pxl-files.js';
import { columnsTaken, tablesOf } from '../../helpers/pxl-tables.js';
import { runPxl } from '../../helpers/run-pxl.js';

const texts = await readPxlTexts();
const pod = { namespace: 'default', name: 'gc-service-1', instance: 'uid-1/container-1' };
const target = 'default/gc-service-1';

for (const [set, probes] of Object.entries(probeSets)) {
  test(`one script deploys the whole set ${set} as the catalogue says`, () => {
    const tracepoints = probes.map((probe) => tracepointFor(probe, { texts, pod, attempt: '1' }));
    const script = deployScript(tracepoints, { texts, pod: target, container: 'app', ttl: '10m' });
    const { upserts, displays } = runPxl(script);
    assert.deepEqual(
      upserts,
      tracepoints.map(({ probe, name, table }) => ({
        name,
        table,
        symbol: probe === 'canary' ? '' : probeCatalogue[probe].symbol,
        columns: columnsTaken(probe),
        target: [target, 'app', ''],
        ttl: '10m',
      })),
    );
    assert.deepEqual(Object.keys(displays), ['status']);
  });
}

test('the canary is deployed by itself', () => {
  const tracepoint = tracepointFor('canary', { texts, pod, attempt: '3' });
  const { upserts } = runPxl(deployScript([tracepoint], { texts, pod: target, ttl: '2m' }));
  assert.deepEqual(upserts, [
    {
      name: tracepoint.name,
      table: tracepoint.table,
      symbol: 'runtime.gcStart',
      columns: [['latency', { of: 'latency' }]],
      target: [target, '', ''],
      ttl: '2m',
    },
  ]);
  assert.match(tracepoint.name, /^gctop_canary_[0-9a-f]{8}_[0-9a-f]{8}_3$/);
});

test('a script that deploys is known as one by the lines that Pixie looks for', () => {
  const script = deployScript([], { texts, pod: target, ttl: '2m' });
  assert.match(script, /^import pxtrace$/m);
  assert.match(deleteScript('x'), /^import pxtrace$/m);
});

test('another pod, container, instance or program is another tracepoint; another attempt differs in its end only', () => {
  const named = (changed: object, given = texts) =>
    tracepointFor('GC', { texts: given, pod: { ...pod, ...changed }, attempt: '1' }).name;
  const otherProgram = new Map(texts).set(
    'GC',
    texts.get('GC')?.replace("'runtime.GC'", "'runtime.gc'") ?? '',
  );
  const names = [
    named({}),
    named({ name: 'gc-service-2' }),
    named({ namespace: 'other' }),
    named({ instance: 'uid-2' }),
    named({ container: 'app' }),
    named({}, otherProgram),
  ];
  assert.equal(new Set(names).size, names.length);
  const second = tracepointFor('GC', { texts, pod, attempt: '2' }).name;
  assert.equal(second.replace(/2$/, '1'), named({}));
});

test('a name shows whether a tracepoint is of the same target, even when its program is another', () => {
  const options = { texts, pod, attempt: '1' };
  const { targetPrefix, name } = tracepointFor('GC', options);
  const program = texts.get('GC')?.replace("'runtime.GC'", "'runtime.gc'") ?? '';
  const otherProgram = tracepointFor('GC', { ...options, texts: new Map(texts).set('GC', program) }).name;
  const otherPod = tracepointFor('GC', { ...options, pod: { ...pod, instance: 'uid-2' } }).name;
  const otherProbe = tracepointFor('gcStart', options).name;
  assert.notEqual(otherProgram, name);
  assert.deepEqual(
    [name, otherProgram, otherPod, otherProbe].map((each) => each.startsWith(targetPrefix)),
    [true, true, false, false],
  );
});

test('a comment in a file, or its example of a pod, changes no name', () => {
  const commented = new Map(texts).set('GC', `# more\n${texts.get('GC')}`);
  assert.equal(
    tracepointFor('GC', { texts: commented, pod, attempt: '1' }).name,
    tracepointFor('GC', { texts, pod, attempt: '1' }).name,
  );
});

test('tables are named for their columns, whatever the target and the attempt', () => {
  const tables = probeNames.map((probe) => tableName(probe));
  assert.equal(new Set(tables).size, tables.length);
  assert.equal(tableName('GC'), 'gctop_GC_092f8239');
  assert.equal(tableName('allocSpan'), 'gctop_allocSpan_cb807c19');
});

test('one script deletes one tracepoint', () => {
  const { deletes, upserts, displays } = runPxl(deleteScript("gctop_GC_0'"));
  assert.deepEqual(deletes, ["gctop_GC_0'"]);
  assert.deepEqual(upserts, []);
  assert.deepEqual(Object.keys(displays), ['status']);
});

test('agents and tracepoints are asked for by name', () => {
  assert.deepEqual(Object.keys(runPxl(statusScript()).displays), ['status']);
  assert.deepEqual(Object.keys(runPxl(pemScript()).displays), ['agents']);
});

test('every table of the catalogue is read with the columns that its rows have', () => {
  const read = probeNames.map((probe) => ({ probe, table: tableName(probe), startUnixNs: 0n }));
  const { displays } = runPxl(readScript(read, { pod: target, maxRows: 50_000 }), {
    tables: tablesOf({}),
    now: 1234,
  });
  assert.deepEqual(Object.keys(displays), ['clock', ...probeNames]);
  assert.deepEqual(displays.clock, { columns: ['unix_ns'], rows: [[1234]] });
  for (const probe of probeNames) assert.deepEqual(displays[probe]?.columns, rowColumns(probe));
});

test('only rows of the pod are read, from the given time on', () => {
  const rows = [
    ['ours', 9, 1, 64, 100],
    ['ours', 10, 1, 65, 100],
    ['theirs', 11, 1, 66, 100],
    ['ours', 12, 1, 67, 100],
  ];
  const read = [{ probe: 'allocSpan' as const, table: tableName('allocSpan'), startUnixNs: 10n }];
  const { displays } = runPxl(readScript(read, { pod: target, maxRows: 10 }), {
    tables: tablesOf({ allocSpan: rows }),
    pods: { ours: target, theirs: 'default/gc-service-2' },
  });
  assert.deepEqual(displays.allocSpan?.columns, ['time_', 'upid', 'goid_', 'npages', 'latency']);
  assert.deepEqual(displays.allocSpan?.rows, [
    [10, 'ours', 1, 65, 100],
    [12, 'ours', 1, 67, 100],
  ]);
});

test('the cap on rows is the first line, and times are whole', () => {
  const read = [{ probe: 'GC' as const, table: 'gctop_GC', startUnixNs: 1_700_000_000_000_000_001n }];
  const script = readScript(read, { pod: target, maxRows: 50_000 });
  assert.ok(script.startsWith('#px:set max_output_rows_per_table=50000\n'));
  assert.ok(script.includes('start_time=1700000000000000001)'));
});

test('no text from outside ends its literal: Python reads back what was quoted', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.string({
      unit: fc.constantFrom("'", '"', '\\', '\n', '\r', '\0', '#', 'x', '0', '\u2028'),
      maxLength: 8,
    }),
  );
  fc.assert(
    fc.property(fc.array(anything, { minLength: 200, maxLength: 200 }), (texts) => {
      const script = texts.map((text, index) => `v${index} = ${quoted(text)}\n`).join('');
      assert.deepEqual(Object.values(runPxl(script).variables), texts);
    }),
    { numRuns: 4 },
  );
});

test('half a surrogate pair, which UTF-8 cannot say, is replaced', () => {
  assert.equal(quoted('a\ud800b'), "'a\ufffdb'");
});
