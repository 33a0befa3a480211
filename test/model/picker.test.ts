import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pickerFooter, pickerKeys } from '../../src/model/picker/keys.js';
import { pickerLayout } from '../../src/model/picker/layout.js';
import { type PickerModel, type RowId, sortOrders } from '../../src/model/picker/picker.js';
import { idsOf, shownRows } from '../../src/model/picker/rows.js';
import { updatePicker } from '../../src/model/picker/update.js';
import { commandWords, typedText } from '../../src/model/picker/words.js';
import {
  emptyPicker,
  fullPicker,
  goProcess,
  pickerNowMs,
  podList,
  pressKeys,
  processList,
  someProcesses,
  someRecordings,
} from '../helpers/picker.js';

const size = { columns: 120, rows: 40 };
const process = (pid: number): RowId => ({ list: 'processes', id: String(pid) });
const shownPids = (model: PickerModel) => shownRows(model).processes.map(({ pid }) => pid);

function look(model: PickerModel, ...processes: readonly ReturnType<typeof goProcess>[]): void {
  updatePicker(model, { type: 'processes', processes: processList({ processes }) });
}

test('enter watches the selected process, pod or recording', () => {
  const model = fullPicker(size);
  assert.deepEqual(pressKeys(model, 'enter'), [{ type: 'watch', choice: { type: 'process', pid: 60_001 } }]);
  assert.deepEqual(pressKeys(model, 'tab', 'enter'), [
    { type: 'watch', choice: { type: 'pod', pod: 'default/gc-service-6c9f7d5b8-x2x4q' } },
  ]);
  assert.deepEqual(pressKeys(model, 'tab', 'down', 'enter'), [
    { type: 'watch', choice: { type: 'recording', file: 'old.ndjson' } },
  ]);
});

test('what cannot be watched says why, for eight seconds', () => {
  const model = fullPicker(size);
  updatePicker(model, { type: 'action', action: { type: 'select', row: process(50_980) } });
  assert.deepEqual(pressKeys(model, 'enter'), []);
  assert.match(model.notice?.text ?? '', /'aarch64' is not supported/);
  updatePicker(model, { type: 'tick', nowUnixMs: pickerNowMs + 7_999 });
  assert.notEqual(model.notice, undefined);
  updatePicker(model, { type: 'tick', nowUnixMs: pickerNowMs + 8_000 });
  assert.equal(model.notice, undefined);
});

test('a second press on the selected row watches it', () => {
  const model = fullPicker(size);
  const pressed = { type: 'action', action: { type: 'select', row: process(48_213) } } as const;
  assert.deepEqual(updatePicker(model, pressed), []);
  assert.deepEqual(model.selected, process(48_213));
  assert.deepEqual(updatePicker(model, pressed), [
    { type: 'watch', choice: { type: 'process', pid: 48_213 } },
  ]);
});

test('the selection stays with its process when the order changes, and with its place when the process ends', () => {
  const model = emptyPicker(size);
  const rows = [1, 2, 3, 4].map((pid) => goProcess({ pid, gcCpuShare: pid / 10 }));
  look(model, ...rows);
  pressKeys(model, 'down');
  assert.deepEqual(model.selected, process(3));
  look(model, ...rows.map((row) => ({ ...row, gcCpuShare: 1 - (row.gcCpuShare ?? 0) })));
  assert.deepEqual([shownPids(model), model.selected], [[1, 2, 3, 4], process(3)]);
  look(
    model,
    ...rows.filter(({ pid }) => pid !== 3).map((row) => ({ ...row, gcCpuShare: 1 - row.pid / 10 })),
  );
  assert.deepEqual([shownPids(model), model.selected], [[1, 2, 4], process(4)]);
  look(model);
  assert.equal(model.selected, undefined);
  assert.deepEqual(pressKeys(model, 'enter'), []);
});

test('until somebody moves it, the selection is the first row of a first look that still goes on', () => {
  const model = emptyPicker(size);
  const first = goProcess({ pid: 1, gcCpuShare: 0.1 });
  const busier = goProcess({ pid: 2, gcCpuShare: 0.2 });
  const part = (...processes: readonly ReturnType<typeof goProcess>[]) =>
    updatePicker(model, { type: 'processes', processes: processList({ processes, pending: 9 }) });
  part(first);
  part(first, busier);
  assert.deepEqual(model.selected, process(2));
  pressKeys(model, 'down');
  part(first, busier, goProcess({ pid: 3, gcCpuShare: 0.3 }));
  assert.deepEqual(model.selected, process(1));
});

test('arrows, j and k, pages, Home and End go through all lists and stop at their ends', () => {
  const model = fullPicker(size);
  const after = (...keys: readonly string[]) => {
    pressKeys(model, ...keys);
    return model.selected?.id;
  };
  assert.equal(after('up'), '60001');
  assert.equal(after('j', 'j', 'down', 'down', 'down'), 'default/gc-service-6c9f7d5b8-x2x4q');
  assert.equal(after('k'), '31077');
  assert.equal(after('end', 'down'), 'old.ndjson');
  assert.equal(after('home'), '60001');
  assert.equal(after('pagedown', 'pagedown', 'pagedown'), 'old.ndjson');
  assert.equal(after('pageup', 'pageup', 'pageup', 'pageup', 'pageup'), '60001');
});

test('the selected row of a long list is always on the screen', () => {
  for (const rows of [10, 24, 40]) {
    const model = emptyPicker({ columns: 80, rows });
    look(
      model,
      ...Array.from({ length: 300 }, (_, index) => goProcess({ pid: 1_000 + index, gcCpuShare: 0 })),
    );
    for (const keys of [['end'], ['up', 'up'], ['pageup'], ['home'], ['pagedown', 'pagedown', 'down']]) {
      pressKeys(model, ...keys);
      const place = pickerLayout(model, shownRows(model));
      assert.ok(place.shape !== 'too-small');
      const index = shownPids(model).indexOf(Number(model.selected?.id)) - model.tops.processes;
      assert.ok(
        index >= 0 && index < (place.lists.processes?.rows ?? 0),
        `${keys} at ${rows} rows: ${index}`,
      );
    }
  }
});

test('every word of the filter must be somewhere in a row; esc shows all again', () => {
  const model = fullPicker(size);
  pressKeys(model, '/', ...'nobody');
  assert.deepEqual([shownPids(model), model.selected], [[], undefined]);
  pressKeys(model, 'C-u', 'S-a', ...'lice', 'space', ...'1.16');
  assert.equal(model.filter, 'Alice 1.16');
  assert.deepEqual([shownPids(model), model.selected], [[50_122], process(50_122)]);
  pressKeys(model, 'C-u', ...'gcsvc', 'space', ...'1.16');
  assert.deepEqual([shownPids(model), model.selected], [[50_122], process(50_122)]);
  pressKeys(model, 'backspace', 'tab');
  assert.deepEqual([model.field, model.filter], [undefined, 'gcsvc 1.1']);
  pressKeys(model, 'escape');
  assert.equal(shownPids(model).length, someProcesses.length);
});

test('in the filter letters are typed, arrows choose and enter watches', () => {
  const model = fullPicker(size);
  pressKeys(model, '/', ...'gc-s');
  assert.equal(model.filter, 'gc-s');
  assert.deepEqual(idsOf(shownRows(model), 'recordings'), ['gc-service-2026-11-22T1810.ndjson']);
  pressKeys(model, 'down');
  assert.deepEqual(pressKeys(model, 'enter'), [{ type: 'watch', choice: { type: 'process', pid: 48_213 } }]);
});

test('s goes through the orders, S turns one round, a press on a head sorts by it; unknown figures stay last', () => {
  const model = fullPicker(size);
  const seen = sortOrders.map(() => {
    pressKeys(model, 's');
    return model.sort.by;
  });
  assert.deepEqual(seen, [...sortOrders.slice(1), sortOrders[0]]);
  updatePicker(model, { type: 'action', action: { type: 'sort', by: 'heap' } });
  assert.deepEqual(shownPids(model), [60_001, 48_213, 50_122, 50_980, 31_077]);
  updatePicker(model, { type: 'action', action: { type: 'sort', by: 'heap' } });
  assert.deepEqual(shownPids(model), [50_122, 48_213, 60_001, 50_980, 31_077]);
  updatePicker(model, { type: 'action', action: { type: 'sort', by: 'name' } });
  assert.deepEqual(shownPids(model), [60_001, 50_980, 48_213, 31_077, 50_122]);
  pressKeys(model, 'S-s');
  assert.deepEqual(shownPids(model), [50_122, 31_077, 48_213, 50_980, 60_001]);
  updatePicker(model, { type: 'action', action: { type: 'sort', by: 'pid' } });
  assert.deepEqual(shownPids(model), [31_077, 48_213, 50_122, 50_980, 60_001]);
});

test('n starts what was typed, t reads a file, o starts the demo', () => {
  const model = fullPicker(size);
  assert.deepEqual(pressKeys(model, 'n', 'enter'), []);
  assert.deepEqual(pressKeys(model, ...'./server', 'space', ..."'a b'", 'enter'), [
    { type: 'watch', choice: { type: 'command', words: ['./server', 'a b'] } },
  ]);
  pressKeys(model, 'escape', 't', '-', 'enter');
  assert.match(model.notice?.text ?? '', /stdin is this terminal/);
  assert.deepEqual(pressKeys(model, 'backspace', ...'gc.txt', 'enter'), [
    { type: 'watch', choice: { type: 'gctrace', file: 'gc.txt' } },
  ]);
  pressKeys(model, 'escape');
  assert.deepEqual(pressKeys(model, 'o'), [{ type: 'watch', choice: { type: 'demo' } }]);
});

test('a quote that is left open is told, and nothing is started', () => {
  const model = fullPicker(size);
  assert.deepEqual(pressKeys(model, 'n', ...'"a', 'enter'), []);
  assert.match(model.notice?.text ?? '', /a quote is not closed/);
});

test('a command line is divided as a shell would', () => {
  assert.deepEqual(commandWords(' ./a  -b "c d" e\\ f \'g"h\' i"j k"l "" '), [
    './a',
    '-b',
    'c d',
    'e f',
    'g"h',
    'ij kl',
    '',
  ]);
  assert.equal(commandWords('a "b'), undefined);
  assert.deepEqual(commandWords('$HOME | * "\\""'), ['$HOME', '|', '*', '"']);
});

test('a key is a character or none', () => {
  assert.deepEqual(['a', 'S-a', 'space', '/', 'é', '😀'].map(typedText), ['a', 'A', ' ', '/', 'é', '😀']);
  assert.deepEqual(['enter', 'C-a', 'M-a', 'f1', 'S-tab', 'up'].map(typedText), new Array(6).fill(undefined));
});

test('esc closes the help, then the field, then the filter, then nothing', () => {
  const model = fullPicker(size);
  pressKeys(model, '/', 'g', 'tab', 'n', 'x');
  assert.deepEqual([model.field?.text, model.filter], ['x', 'g']);
  pressKeys(model, 'escape');
  assert.deepEqual([model.field, model.filter], [undefined, 'g']);
  pressKeys(model, '?', 'escape');
  assert.deepEqual([model.help, model.filter], [false, 'g']);
  pressKeys(model, 'escape');
  assert.equal(model.filter, '');
  assert.deepEqual(pressKeys(model, 'escape'), []);
});

test('the footer offers nothing that does nothing', () => {
  const empty = emptyPicker(size);
  const footer = (model: PickerModel) => pickerFooter(model).map(({ label }) => label);
  assert.ok(!footer(empty).includes('enter') && !footer(empty).includes('tab'));
  assert.ok(footer(fullPicker(size)).includes('enter') && footer(fullPicker(size)).includes('tab'));
  const oneList = emptyPicker(size);
  updatePicker(oneList, { type: 'recordings', recordings: someRecordings });
  assert.ok(!footer(oneList).includes('tab'));
});

test('in each mode a key means one thing', () => {
  for (const mode of ['list', 'filter', 'line', 'help'] as const) {
    const keys = pickerKeys.filter(({ modes }) => modes.includes(mode)).flatMap((binding) => binding.keys);
    assert.equal(new Set(keys).size, keys.length, `${mode}: ${keys}`);
  }
});

test('rows that come and go move nothing but the list that they are in', () => {
  const model = fullPicker(size);
  const before = pickerLayout(model, shownRows(model));
  look(model, ...someProcesses, goProcess({ pid: 70_000 }));
  assert.deepEqual(pickerLayout(model, shownRows(model)), before);
});

test('pods that do not come leave their place to a sentence', () => {
  const model = emptyPicker(size);
  updatePicker(model, { type: 'pods', pods: { state: 'asking', context: 'minikube' } });
  const place = pickerLayout(model, shownRows(model));
  assert.ok(place.shape === 'lists' && place.lists.pods?.rows === 1);
  updatePicker(model, { type: 'pods', pods: podList });
  const later = pickerLayout(model, shownRows(model));
  assert.ok(later.shape === 'lists' && later.lists.pods?.rows === 2);
});
