import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Nanos, nanos } from '../../src/gc/units.js';
import { GaugeSeries, RateSeries, windowStepsNs } from '../../src/model/series.js';
import { millis, seconds } from '../helpers/model.js';

const { NaN: unknown } = Number;
const step = millis(100);

const gaugeOf = (points: readonly (readonly [Nanos, number])[]) => {
  const gauge = new GaugeSeries();
  for (const [atNs, value] of points) gauge.push(atNs, value);
  return gauge;
};

test('the ladder of column lengths is the one of the screens', () => {
  assert.deepEqual(
    windowStepsNs.map((ns) => ns / 1e6),
    [20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 120_000],
  );
});

test('a gauge repeats its value until the next point, and is unknown before the first and after the newest', () => {
  const gauge = gaugeOf([
    [millis(150), 10],
    [millis(450), 30],
    [millis(460), 20],
  ]);
  const { min, max } = gauge.bins(millis(0), step, 6);
  assert.deepEqual([...min], [unknown, 10, 10, 10, 20, unknown]);
  assert.deepEqual([...max], [unknown, 10, 10, 10, 30, unknown]);
});

test('a point that comes late lands in its own bin and changes no newer one', () => {
  const gauge = gaugeOf([
    [millis(50), 1],
    [millis(350), 4],
    [millis(190), 3],
    [millis(110), 2],
  ]);
  assert.deepEqual([...gauge.bins(millis(0), step, 4).max], [1, 3, 3, 4]);
  assert.equal(gauge.latest, 4);
});

test('a gap interrupts what a gauge holds', () => {
  const gauge = gaugeOf([[millis(50), 1]]);
  gauge.unknown(millis(120), millis(320));
  gauge.push(millis(450), 5);
  gauge.push(millis(650), 6);
  assert.deepEqual([...gauge.bins(millis(0), step, 7).max], [1, unknown, unknown, unknown, 5, 5, 6]);
});

test('what a gauge held before its oldest bin is still known', () => {
  const gauge = gaugeOf([
    [seconds(1), 7],
    [seconds(60), 8],
  ]);
  assert.deepEqual([...gauge.bins(seconds(55), millis(10), 2).max], [7, 7]);
  assert.deepEqual(
    [...gauge.bins(seconds(1), millis(10), 2).max],
    [unknown, unknown],
    'too long ago for 10 ms',
  );
});

test('a gauge answers for an instant, near and long ago', () => {
  const gauge = gaugeOf([
    [seconds(1), 7],
    [seconds(60), 8],
    [seconds(3600), 9],
  ]);
  const values = [30, 61, 3599, 3600, 9999].map((at) => gauge.at(seconds(at)));
  assert.deepEqual(values, [7, 8, 8, 9, 9]);
  assert.equal(gaugeOf([[seconds(1), 7]]).at(seconds(0.5)), undefined);
});

test('the bins of a gauge are what its points say, in every length and order', () => {
  const point = fc.tuple(fc.nat({ max: 3_000 }), fc.nat({ max: 9 }));
  fc.assert(
    fc.property(
      fc.uniqueArray(point, { selector: ([at]) => at, minLength: 1 }),
      fc.nat({ max: 5 }),
      (points, length) => {
        const stepNs = windowStepsNs[length] ?? step;
        const gauge = gaugeOf(points.map(([at, value]) => [millis(at), value]));
        const { min, max } = gauge.bins(millis(0), stepNs, 40);
        const sorted = points.toSorted(([a], [b]) => a - b);
        const newest = Math.floor(millis(sorted.at(-1)?.[0] ?? 0) / stepNs);
        for (let bin = 0; bin < 40; bin++) {
          const inside = sorted
            .filter(([at]) => Math.floor(millis(at) / stepNs) === bin)
            .map(([, value]) => value);
          const before = sorted.findLast(([at]) => millis(at) < bin * stepNs)?.[1];
          const known =
            inside.length > 0 ? inside : bin > newest || before === undefined ? [unknown] : [before];
          assert.deepEqual([min[bin], max[bin]], [Math.min(...known), Math.max(...known)], `bin ${bin}`);
        }
      },
    ),
  );
});

test('an amount is spread over its stretch, and zero is known where nothing came', () => {
  const rate = new RateSeries();
  rate.add(millis(100), millis(300), 50);
  rate.add(millis(300), millis(450), 0);
  assert.deepEqual([...rate.bins(millis(0), step, 6)], [unknown, 250, 250, 0, 0, unknown]);
});

test('no amount is lost however it is cut, and twice told time counts once', () => {
  const stretch = fc.tuple(fc.nat({ max: 4_000 }), fc.integer({ min: 1, max: 900 }), fc.nat({ max: 1_000 }));
  fc.assert(
    fc.property(fc.array(stretch), fc.constantFrom(...windowStepsNs.slice(0, 8)), (stretches, stepNs) => {
      const rate = new RateSeries();
      rate.add(seconds(0), seconds(10), 0);
      for (const [from, length, amount] of stretches) rate.add(millis(from), millis(from + length), amount);
      const total = stretches.reduce((sum, [, , amount]) => sum + amount, 0);
      const bins = rate.bins(millis(0), stepNs, 10e9 / stepNs);
      assertClose(
        bins.reduce((sum, perSecond) => sum + perSecond * (stepNs / 1e9), 0),
        total,
      );
      assertClose((rate.mean(seconds(0), seconds(10)) ?? 0) * 10, total);
    }),
  );
});

test('a column that is known in part shows the rate of that part', () => {
  const rate = new RateSeries();
  rate.add(millis(0), millis(10), 5);
  assert.deepEqual([...rate.bins(millis(0), step, 1)], [500]);
});

test('a gap makes a rate unknown where it covers whole bins', () => {
  const rate = new RateSeries();
  rate.add(millis(0), millis(400), 40);
  rate.unknown(millis(50), millis(300));
  assert.deepEqual([...rate.bins(millis(0), step, 4)], [100, unknown, unknown, 100]);
  assert.equal(rate.latestNs, millis(400));
});

test('a mean covers what is known only', () => {
  const rate = new RateSeries();
  assert.equal(rate.mean(seconds(0), seconds(1)), undefined);
  rate.add(seconds(0), seconds(1), 10);
  rate.add(seconds(9), seconds(10), 30);
  assertClose(rate.mean(seconds(0), seconds(10)) ?? 0, 20);
});

test('a stretch of hours costs no more than what is kept of it', () => {
  const rate = new RateSeries();
  rate.add(nanos(-(2 ** 50)), nanos(2 ** 50), 2 ** 51);
  assertClose(rate.mean(nanos(2 ** 50 - 1e9), nanos(2 ** 50)) ?? 0, 1e9);
});

test('only lengths of a column or half of one can be asked for', () => {
  assert.throws(() => new GaugeSeries().bins(millis(0), millis(70), 3), { code: 'INTERNAL' });
  assert.equal(new GaugeSeries().bins(millis(0), seconds(2.5), 3).max.length, 3);
});

function assertClose(actual: number, expected: number): void {
  assert.ok(
    Math.abs(actual - expected) <= 1e-6 * Math.max(1, Math.abs(expected)),
    `${actual} is not ${expected}`,
  );
}
