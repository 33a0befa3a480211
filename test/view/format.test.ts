import assert from 'node:assert/strict';
import test from 'node:test';
import {
  bigCount,
  byteRate,
  byteSize,
  count,
  cycleRate,
  duration,
  fineShare,
  ratio,
  share,
  smallShare,
  stopDuration,
  windowLength,
} from '../../src/view/format.js';

const MiB = 2 ** 20;

test('a duration has three digits and its unit in seven columns', () => {
  const rows: readonly (readonly [number | undefined, string])[] = [
    [0, '   0 ns'],
    [850, ' 850 ns'],
    [999.6, '1.00 µs'],
    [9_812, '9.81 µs'],
    [9_996, '10.0 µs'],
    [112_000, ' 112 µs'],
    [999_600, '1.00 ms'],
    [18_100_000, '18.1 ms'],
    [1_240_000_000, ' 1.24 s'],
    [99_900_000_000, ' 99.9 s'],
    [99_960_000_000, '  1m40s'],
    [11_460_000_000_000, '  3h11m'],
    [187_200_000_000_000, '  2d04h'],
    [undefined, '      -'],
    [Number.NaN, '      -'],
  ];
  for (const [ns, text] of rows) assert.equal(duration(ns), text, String(ns));
});

test('a stop is whole microseconds below one millisecond', () => {
  assert.equal(stopDuration(18_600), '  19 µs');
  assert.equal(stopDuration(156_000), ' 156 µs');
  assert.equal(stopDuration(999_400), ' 999 µs');
  assert.equal(stopDuration(2_336_000), '2.34 ms');
  assert.equal(stopDuration(12_300_000), '12.3 ms');
  assert.equal(stopDuration(undefined), '      -');
});

test('bytes are binary, and 1000 to 1023 keep four digits', () => {
  assert.equal(byteSize(0), '     0 B');
  assert.equal(byteSize(512 * 1024), ' 512 KiB');
  assert.equal(byteSize(1023 * 1024), '1023 KiB');
  assert.equal(byteSize(1024 * 1024), '1.00 MiB');
  assert.equal(byteSize(50.3 * MiB), '50.3 MiB');
  assert.equal(byteSize(undefined), '       -');
  assert.equal(byteRate(96.5 * MiB), '96.5 MiB/s');
});

test('counts have commas, large ones have k and M', () => {
  assert.equal(count(1842), '1,842');
  assert.equal(count(1234567), '1,234,567');
  assert.equal(count(undefined), '-');
  assert.equal(bigCount(24_700), '24.7 k');
  assert.equal(bigCount(3_120_000), '3.12 M');
});

test('less than one cycle in ten seconds is told by its period', () => {
  assert.equal(cycleRate(3.97), ' 3.97/s');
  assert.equal(cycleRate(0.5), ' 0.50/s');
  assert.equal(cycleRate(1 / 42), '1 in 42s');
  assert.equal(cycleRate(1 / 120), '1 in 2m');
  assert.equal(cycleRate(0), '    0/s');
});

test('a small share is not zero', () => {
  assert.equal(share(0.02), ' 2.0 %');
  assert.equal(share(0.44), '  44 %');
  assert.equal(share(0.0004), '<0.1 %');
  assert.equal(share(0), '   0 %');
  assert.equal(share(undefined), '     -');
  assert.equal(smallShare(0.0004), '0.040 %');
  assert.equal(fineShare(0.976), '97.6 %');
  assert.equal(fineShare(1.02), ' 102 %');
});

test('a ratio has two decimals', () => {
  assert.equal(ratio(0.912), '0.91');
  assert.equal(ratio(14.32), '14.3');
  assert.equal(ratio(undefined), '   -');
});

test('the window is told without needless digits', () => {
  assert.equal(windowLength(8e9), '8 s');
  assert.equal(windowLength(5.5e9), '5.5 s');
  assert.equal(windowLength(110e9), '1m50s');
});
