import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { bytes, nanos } from '../../src/gc/units.js';
import { paneIds } from '../../src/model/action.js';
import type { Model } from '../../src/model/model.js';
import { update } from '../../src/model/update.js';
import type { Box, ScreenView } from '../../src/view/screen-view.js';
import { view } from '../../src/view/view.js';
import { scenarioModel } from '../helpers/scenario.js';
import { viewText } from '../helpers/view-text.js';

/** One model for all sizes: the messages are the same, only the size of the screen changes. */
const shared = scenarioModel({ columns: 160, rows: 48 });

function screenOf(columns: number, rows: number, change: Partial<Model['screen']> = {}): ScreenView {
  const screen = { ...shared.screen, ...change };
  return view({ ...shared, size: { columns, rows }, screen });
}

function assertTiles({ size, boxes }: ScreenView): void {
  const covered = new Uint8Array(size.columns * size.rows);
  for (const { rect, id } of boxes.filter((box) => box.id !== 'help')) {
    for (let y = rect.y; y < rect.y + rect.height; y++) {
      for (let x = rect.x; x < rect.x + rect.width; x++) {
        assert.ok(x >= 0 && x < size.columns && y >= 0 && y < size.rows, `${id} leaves the screen`);
        const cell = y * size.columns + x;
        covered[cell] = (covered[cell] ?? 0) + 1;
      }
    }
  }
  assert.ok(
    covered.every((times) => times === 1),
    `${size.columns}x${size.rows}: boxes leave holes or overlap`,
  );
}

function assertWholeLines({ id, rect, lines }: Box): void {
  assert.equal(lines.length, rect.height, `rows of ${id}`);
  for (const line of lines) {
    const text = line.map((span) => span.text).join('');
    assert.equal(text.length, rect.width, `${id}: '${text}'`);
    assert.doesNotMatch(text, /\p{Cc}/u);
  }
}

test('boxes tile the screen with lines as wide as they are, at any size, zoomed or not', () => {
  const zoom = fc.constantFrom(undefined, ...paneIds);
  fc.assert(
    fc.property(
      fc.record({ columns: fc.integer({ min: 1, max: 300 }), rows: fc.integer({ min: 1, max: 100 }) }),
      zoom,
      fc.boolean(),
      ({ columns, rows }, pane, help) => {
        const screen = screenOf(columns, rows, { zoom: pane, help });
        assertTiles(screen);
        screen.boxes.forEach(assertWholeLines);
        for (const { rect } of screen.hits) {
          assert.ok(rect.x >= 0 && rect.x + rect.width <= columns && rect.y >= 0 && rect.y < rows);
        }
      },
    ),
    { numRuns: 150 },
  );
});

test('every glyph set draws the same cells, and ASCII has nothing else', () => {
  for (const glyphs of ['block', 'ascii'] as const) {
    for (const [columns, rows] of [
      [160, 48],
      [80, 24],
      [40, 10],
    ] as const) {
      const screen = view({ ...shared, size: { columns, rows }, look: { glyphs } });
      assertTiles(screen);
      screen.boxes.forEach(assertWholeLines);
      if (glyphs === 'ascii') assert.match(viewText(screen).join(''), /^[ -~]*$/);
    }
  }
});

test('the header says who, how often, how long, how much CPU and how much heap', () => {
  const [identity, figures, heap] = viewText(screenOf(160, 48));
  assert.match(
    identity ?? '',
    /^ gctop {2}gc-service {2}pid 48213 {2}go1\.26\.5 {2}GOGC 100 {2}limit none {2}4 P {2}/,
  );
  assert.match(identity ?? '', /local {2}exact {4}● LIVE {4}window 8 s auto {4}14:32:07 $/);
  assert.match(figures ?? '', /^ Cycles {2}\d\.\d\d\/s {2}#1,842 {2}forced {3}3│ Paused {2}last /);
  assert.match(figures ?? '', /│ GC CPU +\d\.\d % {2}assist .* % │ MARK {2}11\.2 ms$/);
  assert.match(heap ?? '', /^ Heap \d\d\.\d MiB █+▄+─*┊─*┃ +│ .\d\d\.\d % of goal \d\d\.\d MiB +│ #1,843 +$/);
});

test('titles, legends and joints stand where the mock-ups have them', () => {
  const rows = viewText(screenOf(160, 48));
  assert.equal(rows[3]?.slice(0, 10), '─ 1 Heap ─');
  assert.equal(
    rows[3]?.slice(75),
    '── ▲ heap  ▼ forced  ◆ time ─┬─ 3 Phases ────────────────── ┃ stop  █ mark  ▂ sweep ─',
  );
  assert.equal(rows[18]?.slice(100, 118), ' s ─┼─ 6 Target ──');
  assert.equal(rows[31]?.charAt(104), '┴');
  assert.match(rows[17] ?? '', /^ {8}:00 {7}:01 {7}:02 {7}:03 {7}:04 {7}:05 {7}:06 {7}:07/);
});

test('the forced cycle is told with its cause, and the answer with its share of GC', () => {
  const text = viewText(screenOf(120, 40)).join('\n');
  assert.match(
    text,
    /14:32:04\.\d{3} ▼ forced {3}#1,834 {2}runtime\.GC by goroutine 5,218 +mark \d\d\.\d ms {2}stops/,
  );
  assert.match(text, /○ answer {3}g: 200 in {2}174 ms, GC ran during +[\d.]+ ms of it \(\d+ %\)/);
  assert.match(text, /◆ stop {5}world stopped 38\.0 µs, stopping 5\.00 µs of it, for ReadMemStats, not the/);
  assert.match(text, /▲ assist {3}#1,818 {2}assists 40\.0 ms/);
});

test('buttons, fields, titles and footer pairs answer to the mouse', () => {
  const { hits } = screenOf(80, 24);
  const types = new Set(hits.map(({ action }) => action.type));
  assert.deepEqual([...types].sort(), [
    'edit',
    'focus-next',
    'freeze',
    'help',
    'probes',
    'quit',
    'traffic',
    'zoom',
  ]);
  const rows = viewText(screenOf(80, 24));
  for (const { rect, action } of hits) {
    const word = rows[rect.y]?.slice(rect.x, rect.x + rect.width) ?? '';
    if (action.type === 'traffic') assert.match(word, new RegExp(`^\\[${action.button} .*\\]$`));
  }
});

test('an edited field shows what was typed', () => {
  const rows = viewText(screenOf(160, 48, { editing: { field: 'length', text: '250' } }));
  assert.match(rows[27] ?? '', /length \[ {3}250_ \] {2}bytes each \[ {2}8,192 \]/);
});

test('a frozen screen says how far back it stands and does not change', () => {
  const model = scenarioModel({ columns: 160, rows: 48 });
  update(model, { type: 'key', key: 'space' });
  const before = viewText(view(model));
  const live = bytes(99 * 2 ** 20);
  update(model, { type: 'tick', nowNs: nanos(model.nowNs + 15.4e9) });
  update(model, {
    type: 'source',
    message: {
      atNs: model.nowNs,
      type: 'events',
      target: 'gc-service-1',
      events: [{ kind: 'heap', atNs: model.nowNs, live }],
    },
  });
  const after = viewText(view(model));
  assert.match(after[0] ?? '', /○ FROZEN 15\.4 s back/);
  assert.deepEqual(after.slice(6, 19), before.slice(6, 19));
});

test('an error stands at the right end of the footer until its time is over', () => {
  const toast = { text: 'no answer\u001b[2J from 127.0.0.1', untilNs: nanos(shared.nowNs + 1) };
  assert.match(viewText(screenOf(80, 24, { toast }))[23] ?? '', /^ \? help.*! no answer from 127\.0\.0\.1 $/);
  const over = { ...toast, untilNs: shared.nowNs };
  assert.doesNotMatch(viewText(screenOf(80, 24, { toast: over }))[23] ?? '', /no answer/);
});

test('a terminal that is too small gets a sentence', () => {
  assert.deepEqual(viewText(screenOf(38, 9))[4], '        need 40x10, have 38x9         ');
});
