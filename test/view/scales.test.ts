import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { classLabels, pauseScale, rowOfPause } from '../../src/view/pause-scale.js';
import { phaseScale } from '../../src/view/phase-scale.js';
import { highest, sparkline } from '../../src/view/sparkline.js';
import { dotOf, rowOf, valueAxis } from '../../src/view/value-axis.js';

const MiB = 2 ** 20;

test('the value axis begins at a round value below the lowest survivor', () => {
  const axis = valueAxis({ min: 22.2 * MiB, max: 56 * MiB }, { rows: 7, labelWidth: 3 });
  assert.equal(axis.low, 20 * MiB);
  assert.equal(axis.high, 60 * MiB);
  assert.equal(axis.unit.name, 'MiB');
  assert.deepEqual([...axis.labels].sort(), [
    [0, '60'],
    [3, '40'],
    [6, '20'],
  ]);
});

test('the value axis holds all its values, with labels that fit', () => {
  const size = fc.double({ min: 0, max: 2 ** 42, noNaN: true });
  fc.assert(
    fc.property(size, size, fc.integer({ min: 1, max: 80 }), (a, b, rows) => {
      const [min, max] = a < b ? [a, b] : [b, a];
      const axis = valueAxis({ min, max }, { rows, labelWidth: 3 });
      const slack = max * 1e-8;
      assert.ok(axis.low <= min + slack && axis.high >= max - slack, `${axis.low} ${axis.high}`);
      for (const [row, label] of axis.labels) assert.ok(row >= 0 && row < rows && label.length <= 3, label);
      for (const value of [min, max]) {
        assert.ok(rowOf(axis, rows, value) >= 0 && rowOf(axis, rows, value) < rows);
        assert.ok(dotOf(axis, rows, value) >= 0 && dotOf(axis, rows, value) < rows * 4);
      }
    }),
  );
});

test('pauses have five classes a decade where the rows suffice', () => {
  const scale = pauseScale([16_500, 124_000], 6);
  assert.deepEqual(classLabels(scale, 'units').rows, ['160 µs', '100', '63', '40', '25', '16 µs']);
  assert.equal(rowOfPause(scale, 156_000), 1);
  assert.equal(rowOfPause(scale, 46_200), 3);
});

test('in a high pane classes of pauses are finer, with at most three beyond the pauses at either end', () => {
  const scale = pauseScale([20_500, 84_000], 38);
  const labels = classLabels(scale, 'units').rows;
  assert.deepEqual([labels.length, labels[0], labels.at(-1)], [19, '110 µs', '14 µs']);
  assert.equal(rowOfPause(scale, 84_000), 3);
  assert.equal(rowOfPause(scale, 20_500), 15);
});

test('with fewer rows the classes of pauses are merged', () => {
  const scale = pauseScale([16_500, 124_000], 3);
  assert.deepEqual(classLabels(scale, 'narrow'), { rows: ['100', '40', '16'], unit: 'µs' });
});

test('narrow labels are microseconds, thousands of them with a k', () => {
  assert.deepEqual(classLabels(pauseScale([16_500, 12_400_000], 3), 'narrow'), {
    rows: ['10k', '1k', '100'],
    unit: 'µs',
  });
});

test('narrow labels of long pauses are in milliseconds', () => {
  assert.deepEqual(classLabels(pauseScale([1_500_000, 124_000_000], 3), 'narrow'), {
    rows: ['100', '10', '1'],
    unit: 'ms',
  });
});

test('every pause has a row, whatever the others are', () => {
  const ns = fc.integer({ min: 0, max: 1e12 });
  fc.assert(
    fc.property(fc.array(ns, { minLength: 1 }), fc.integer({ min: 1, max: 60 }), (pauses, rows) => {
      const scale = pauseScale(pauses, rows);
      for (const pause of pauses) {
        const row = rowOfPause(scale, pause);
        assert.ok(Number.isInteger(row) && row >= 0 && row < rows);
      }
      const labels = classLabels(scale, 'narrow').rows;
      assert.ok(scale.rows <= rows);
      assert.equal(labels.length, scale.rows);
    }),
  );
});

test('cycles are drawn on a scale that leaves room for the sweep', () => {
  assert.equal(phaseScale(24.4e6, 22).nsPerColumn, 2e6);
  assert.equal(phaseScale(19.2e6, 10).nsPerColumn, 3e6);
  assert.equal(phaseScale(18.8e6, 46).words, '0 to 46 ms');
  assert.deepEqual(
    phaseScale(24.4e6, 22).ticks.map(({ column, label }) => `${column}:${label}`),
    ['0:0', '5:10', '10:20', '15:30', '20:40'],
  );
});

test('labels of the scale never run together', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e11 }), fc.integer({ min: 4, max: 140 }), (longest, width) => {
      const { ticks } = phaseScale(longest, width);
      ticks.forEach(({ column, label }, index) => {
        const next = ticks[index + 1];
        assert.ok(next === undefined || column + label.length < next.column, JSON.stringify(ticks));
      });
    }),
  );
});

test('the value axis has a label at any size of a heap', () => {
  for (const labelWidth of [3, 4]) {
    for (const mebibytes of [0.5, 1.5, 50, 99.9, 681, 780, 900, 999, 1010, 1023, 1536, 51_200, 2 ** 20]) {
      for (const share of [0, 0.3, 0.9, 0.99]) {
        const bounds = { min: mebibytes * share * MiB, max: mebibytes * MiB };
        assert.ok(valueAxis(bounds, { rows: 5, labelWidth }).labels.size > 0, JSON.stringify(bounds));
      }
    }
  }
});

test('a sparkline draws every value, newest last, and nothing where nothing is known', () => {
  const levels = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
  assert.equal(sparkline([0, 0.01, 0.5, 1, Number.NaN], { low: 0, high: 1, levels }), ' ▁▄█ ');
  assert.equal(highest([1, Number.NaN, 3]), 3);
});
