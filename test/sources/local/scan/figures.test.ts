import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rate } from '../../../../src/sources/local/scan/figures.js';
import { seconds } from '../../../helpers/model.js';

test('a rate is not known at the first look, then it is over all looks, and at last over ten seconds', () => {
  const rate = new Rate();
  assert.equal(rate.add(seconds(0), 100), undefined);
  assert.equal(rate.add(seconds(1), 104), 4);
  assert.equal(rate.add(seconds(2), 104), 2);
  for (let second = 3; second <= 30; second++) rate.add(seconds(second), 104);
  assert.equal(rate.add(seconds(31), 104), 0);
  assert.equal(rate.add(seconds(32), 115), 1.1);
});

test('two looks at the same instant, and a counter that begins again, give no impossible rate', () => {
  const rate = new Rate();
  rate.add(seconds(5), 7);
  assert.equal(rate.add(seconds(5), 8), undefined);
  assert.equal(rate.add(seconds(6), 0), 0);
});
