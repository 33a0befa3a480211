import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytes, nanos } from '../../src/gc/units.js';
import { view } from '../../src/view/view.js';
import { press, sizes } from '../helpers/golden-screen.js';
import { happen, reading, watchingModel } from '../helpers/model.js';
import { viewText } from '../helpers/view-text.js';

const KiB = 1024;
const MiB = KiB * KiB;
const heaps = [512 * KiB, 50 * MiB, Math.round(99.9 * MiB), 681 * MiB, 1023 * MiB, 1536 * MiB, 51_200 * MiB];

for (const size of [sizes.wide, sizes.medium, sizes.small, { columns: 100, rows: 60 }]) {
  for (const live of heaps) {
    test(`a heap of ${(live / MiB).toFixed(1)} MiB has labels and their unit at ${size.columns}x${size.rows}`, () => {
      const model = watchingModel({ size });
      for (let step = 0; step <= 20; step++) {
        const atNs = nanos(step * 250e6);
        // It grows from a third, under a goal of the double.
        const now = bytes(Math.round((live / 3) * (1 + step / 10)));
        happen(
          model,
          atNs,
          reading(atNs, { live: now, marked: bytes(Math.round(live / 3)), goal: bytes(live * 2) }),
        );
      }
      for (const screen of [viewText(view(model)), viewText(view(press(model, '1')))]) {
        const chart = screen.slice(3, screen.findIndex((row) => row.includes('2 Pauses')) + 1 || undefined);
        assert.ok(chart.filter((row) => /^ *[\d.]+( [KMG]iB)?┤/u.test(row)).length >= 2, chart.join('\n'));
        assert.match(chart.join('\n'), /1 Heap {2}[KMG]iB|^ *[\d.]+ [KMG]iB┤/mu);
      }
    });
  }
}
