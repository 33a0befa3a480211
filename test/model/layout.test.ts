import assert from 'node:assert/strict';
import test from 'node:test';
import type { PaneId } from '../../src/model/action.js';
import { comingUpLayout, layout, type PaneLayout } from '../../src/model/layout.js';

function panesAt(columns: number, rows: number): PaneLayout {
  const shape = layout({ columns, rows }, undefined);
  assert.ok(shape.shape === 'panes');
  return shape;
}

const heights = ({ panes }: PaneLayout, ids: readonly PaneId[]): readonly (number | undefined)[] =>
  ids.map((id) => panes[id]?.height);

test('160x48 and 120x40 are the grids of the mock-ups', () => {
  const large = panesAt(160, 48);
  assert.deepEqual(heights(large, ['heap', 'pauses', 'work', 'events']), [15, 7, 6, 16]);
  assert.deepEqual(heights(large, ['phases', 'target', 'traffic']), [15, 7, 6]);
  assert.deepEqual(large.strip, { gutter: 8, chart: 80, figures: 16 });
  assert.deepEqual(large.panes.phases, { x: 105, y: 3, width: 55, height: 15 });
  const middle = panesAt(120, 40);
  assert.deepEqual(heights(middle, ['heap', 'pauses', 'work', 'events']), [10, 6, 6, 14]);
  assert.deepEqual(middle.strip, { gutter: 7, chart: 55, figures: 15 });
  assert.deepEqual(middle.panes.traffic, { x: 78, y: 19, width: 42, height: 6 });
});

test('while a source comes up Phases shrinks and Target has its room; one column is left to Target', () => {
  const large = comingUpLayout({ columns: 160, rows: 48 });
  assert.ok(large.shape === 'panes');
  assert.deepEqual(heights(large, ['phases', 'target', 'traffic']), [2, 20, 6]);
  assert.deepEqual(heights(large, ['heap', 'pauses', 'work', 'events']), [15, 7, 6, 16]);
  const small = comingUpLayout({ columns: 80, rows: 24 });
  assert.ok(small.shape === 'panes');
  assert.deepEqual(small.panes, {
    target: { x: 0, y: 3, width: 80, height: 15 },
    events: { x: 0, y: 18, width: 80, height: 4 },
    traffic: { x: 0, y: 22, width: 80, height: 1 },
  });
});

test('while a source comes up the panes tile the screen at every size', () => {
  for (let columns = 80; columns <= 200; columns += 7) {
    for (let rows = 24; rows <= 70; rows++) {
      const found = comingUpLayout({ columns, rows });
      assert.ok(found.shape === 'panes');
      const { header, footer, panes, divider } = found;
      const rects = [header, footer, ...Object.values(panes), ...(divider === undefined ? [] : [divider])];
      const cells = rects.reduce((sum, { width, height }) => sum + width * height, 0);
      assert.equal(cells, columns * rows, `${columns}x${rows}`);
      assert.ok(rects.every(({ height }) => height > 0));
    }
  }
});

test('80x24 is one column in which Traffic is one line and Work and Target are gone', () => {
  const small = panesAt(80, 24);
  assert.deepEqual(heights(small, ['heap', 'pauses', 'phases', 'events', 'traffic']), [7, 4, 4, 4, 1]);
  assert.deepEqual(small.strip, { gutter: 4, chart: 62, figures: 14 });
  assert.equal(small.panes.work, undefined);
  assert.equal(small.panes.target, undefined);
});

test('of more rows than 48 Events has half', () => {
  const tall = panesAt(160, 68);
  assert.deepEqual(heights(tall, ['heap', 'pauses', 'work', 'events']), [25, 7, 6, 26]);
});

test('below 80x24 there are lines of figures, below 40x10 nothing fits', () => {
  assert.equal(layout({ columns: 79, rows: 24 }, undefined).shape, 'lines');
  assert.equal(layout({ columns: 200, rows: 23 }, undefined).shape, 'lines');
  assert.equal(layout({ columns: 40, rows: 10 }, 'heap').shape, 'lines');
  assert.equal(layout({ columns: 39, rows: 10 }, undefined).shape, 'too-small');
});

test('a zoomed pane has all between header and footer', () => {
  const shape = layout({ columns: 120, rows: 40 }, 'work');
  assert.ok(shape.shape === 'panes');
  assert.deepEqual(shape.panes, { work: { x: 0, y: 3, width: 120, height: 36 } });
});
