import { test } from 'node:test';
import { asciiCapabilities, assertScreen, sizes } from '../helpers/golden-screen.js';
import { scenarioModel } from '../helpers/scenario.js';

const fixture = 'scenario, 67 s in';

test('the overview has all panes at 160x48', () =>
  assertScreen('overview', fixture, scenarioModel(sizes.wide)));

test('the overview has all panes at 120x40', () =>
  assertScreen('overview', fixture, scenarioModel(sizes.medium)));

test('the overview keeps one column at 80x24', () =>
  assertScreen('overview', fixture, scenarioModel(sizes.small)));

test('lines of figures are left at 40x10', () => assertScreen('tiny', fixture, scenarioModel(sizes.tiny)));

test('below 40x10 the screen says what it needs', () =>
  assertScreen('too-small', fixture, scenarioModel(sizes.tooSmall)));

test('without UTF-8 and colour nothing is lost', () =>
  assertScreen(
    'ascii',
    fixture,
    scenarioModel(sizes.small, { look: { glyphs: 'ascii' } }),
    asciiCapabilities,
  ));
