import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PickerModel } from '../../src/model/picker/picker.js';
import { updatePicker } from '../../src/model/picker/update.js';
import { glyphsOf } from '../../src/view/glyphs.js';
import { podColumns, recordingColumns } from '../../src/view/picker/other-columns.js';
import { processTable, recordingTable } from '../../src/view/picker/plain-list.js';
import { processColumns } from '../../src/view/picker/process-columns.js';
import { widthOfColumns } from '../../src/view/picker/table.js';
import { type PickerView, pickerView } from '../../src/view/picker/view.js';
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
import { viewText } from '../helpers/view-text.js';

function assertTiles({ size: { columns, rows }, boxes, hits }: PickerView): void {
  const covered = new Uint8Array(columns * rows);
  for (const { id, rect, lines } of boxes) {
    assert.equal(lines.length, rect.height, `rows of ${id}`);
    for (const line of lines) {
      const text = line.map((span) => span.text).join('');
      assert.equal(text.length, rect.width, `${id} at ${columns}x${rows}: '${text}'`);
      assert.doesNotMatch(text, /\p{Cc}/u);
    }
    assert.ok(
      rect.x >= 0 && rect.x + rect.width <= columns && rect.y >= 0 && rect.y + rect.height <= rows,
      id,
    );
    if (id === 'help' || id === 'notice') continue;
    for (let y = rect.y; y < rect.y + rect.height; y++) {
      for (let x = rect.x; x < rect.x + rect.width; x++)
        covered[y * columns + x] = (covered[y * columns + x] ?? 0) + 1;
    }
  }
  assert.ok(
    covered.every((times) => times === 1),
    `${columns}x${rows}: boxes leave holes or overlap`,
  );
  for (const { rect } of hits) {
    assert.ok(rect.x >= 0 && rect.x + rect.width <= columns && rect.y >= 0 && rect.y < rows);
  }
}

const anySize = fc.record({
  columns: fc.integer({ min: 1, max: 300 }),
  rows: fc.integer({ min: 1, max: 100 }),
});
const anyKey = fc.constantFrom(
  'down',
  'up',
  'end',
  'pagedown',
  'tab',
  '/',
  'g',
  'c',
  '?',
  'escape',
  'enter',
  's',
  'n',
  't',
  'space',
);

test('boxes tile the screen with lines as wide as they are, at any size, whatever was pressed', () => {
  fc.assert(
    fc.property(
      anySize,
      fc.array(anyKey, { maxLength: 12 }),
      fc.constantFrom<PickerModel['look']['glyphs']>('braille', 'block', 'ascii'),
      (size, keys, glyphs) => {
        const model = fullPicker(size, { look: { glyphs } });
        pressKeys(model, ...keys);
        const view = pickerView(model);
        assertTiles(view);
        if (glyphs === 'ascii') assert.match(viewText(view).join(''), /^[ -~]*$/);
      },
    ),
    { numRuns: 300 },
  );
});

const nasty = '\u001b[31m{bold}\u0007\n漢字\u202e';

test('text from outside can change no style, move no cursor and break no column', () => {
  const model = emptyPicker({ columns: 160, rows: 48 });
  const [first, ...rest] = someProcesses;
  assert.ok(first !== undefined);
  const access = { kind: 'refused', word: nasty, why: nasty } as const;
  const evil = {
    ...first,
    name: nasty,
    command: nasty,
    user: nasty,
    container: nasty,
    goVersion: nasty,
    access,
  };
  updatePicker(model, { type: 'processes', processes: processList({ processes: [evil, ...rest] }) });
  const pods = podList.pods.map((pod) => ({ ...pod, name: nasty, node: nasty, state: nasty }));
  updatePicker(model, { type: 'pods', pods: { ...podList, context: nasty, namespace: nasty, pods } });
  const recordings = someRecordings.map((recording) => ({ ...recording, file: nasty, target: nasty }));
  updatePicker(model, { type: 'recordings', recordings });
  for (const keys of [[], ['enter'], ['tab'], ['tab'], ['/', ...nasty]]) {
    pressKeys(model, ...keys);
    assertTiles(pickerView(model));
  }
  updatePicker(model, { type: 'pods', pods: { state: 'failed', context: nasty, why: nasty } });
  assertTiles(pickerView(model));
});

test('no column is cut, however wide the screen is', () => {
  const glyphs = glyphsOf({ glyphs: 'braille' });
  const time = { nowUnixMs: pickerNowMs, utcOffsetMinutes: 0 };
  for (let width = 40; width <= 300; width++) {
    const lists = [
      widthOfColumns(processColumns(width, { glyphs, nowUnixMs: pickerNowMs })),
      widthOfColumns(podColumns(width, { glyphs, time })),
      widthOfColumns(recordingColumns(width, time)),
    ];
    // The blank behind the last column may be.
    assert.ok(Math.max(...lists) <= width + 1, `${width}: ${lists}`);
  }
});

test('each row answers to a press, under the help nothing but the footer', () => {
  const model = fullPicker({ columns: 120, rows: 40 });
  const view = pickerView(model);
  const rows = view.hits.flatMap(({ action, rect }) =>
    action.type === 'select' ? [[action.row.id, viewText(view)[rect.y]] as const] : [],
  );
  assert.equal(rows.length, 9);
  for (const [id, line] of rows) assert.ok(line?.includes(id), `${id}: ${line}`);
  pressKeys(model, '?');
  assert.ok(pickerView(model).hits.every(({ rect }) => rect.y === 39));
});

test('who may not look into others is told that root may', () => {
  const words = (asRoot: boolean) => {
    const model = emptyPicker({ columns: 120, rows: 40 });
    updatePicker(model, { type: 'processes', processes: processList({ unreadable: 4, asRoot }) });
    return viewText(pickerView(model))[1]?.trim();
  };
  assert.equal(words(false), '5 Go processes of 231; 4 may not be looked into: run gctop as root');
  assert.equal(words(true), '5 Go processes of 231; 4 may not be looked into');
});

test('a table of plain text has a head, one line a row, and columns that stand under each other', () => {
  const time = { nowUnixMs: pickerNowMs, utcOffsetMinutes: 0 };
  const lines = processTable([goProcess({ pid: 7 }), goProcess({ pid: 48_213, name: 'x\u001b[31my' })], time);
  assert.deepEqual(lines, [
    '  PID  NAME        GO        USER      UP       RSS      HEAP  CYCLES  GC CPU  ACCESS        CONTAINER, UNIT',
    '    7  gc-service  go1.26.5  alice  6m00s  63.5 MiB  45.1 MiB   1,842   4.2 %  whole record  -',
    '48213  xy          go1.26.5  alice  6m00s  63.5 MiB  45.1 MiB   1,842   4.2 %  whole record  -',
  ]);
  assert.deepEqual(recordingTable(someRecordings.slice(0, 1), time), [
    'FILE                               BEGUN            LENGTH      SIZE  PROGRAM',
    'gc-service-2026-11-22T1810.ndjson  yesterday 18:10   5m00s  2.10 MiB  gc-service go1.26.5',
  ]);
  assert.deepEqual(processTable([], time), []);
});
