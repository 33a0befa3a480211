import { test } from 'node:test';
import type { PickerModel } from '../../src/model/picker/picker.js';
import { updatePicker } from '../../src/model/picker/update.js';
import { pickerView } from '../../src/view/picker/view.js';
import { assertGolden } from '../helpers/golden.js';
import { asciiCapabilities, sizes } from '../helpers/golden-screen.js';
import { emptyPicker, fullPicker, pressKeys, processList, someRecordings } from '../helpers/picker.js';
import { fullCapabilities, showView } from '../helpers/screen.js';

async function assertPicker(
  name: string,
  model: PickerModel,
  capabilities = fullCapabilities,
): Promise<void> {
  const { boxes, size } = pickerView(model);
  assertGolden(name, 'what can be watched', await showView({ boxes, size, hits: [] }, capabilities));
}

for (const size of [sizes.wide, sizes.medium, sizes.small, sizes.tiny]) {
  test(`everything that can be watched is listed, at ${size.columns}x${size.rows}`, () =>
    assertPicker('picker', fullPicker(size)));
}

test('without UTF-8 and colour nothing is lost', () =>
  assertPicker('picker-ascii', fullPicker(sizes.small, { look: { glyphs: 'ascii' } }), asciiCapabilities));

test('what is typed narrows all lists', () => {
  const model = fullPicker(sizes.medium);
  pressKeys(model, '/', 'g', 'c', '-');
  return assertPicker('picker-filtered', model);
});

for (const size of [sizes.small, sizes.tiny]) {
  test(`a program that cannot be watched says why when it is chosen, at ${size.columns}x${size.rows}`, () => {
    const model = fullPicker(size);
    pressKeys(model, '/', 'p', 'r', 'o', 'x', 'y', 'enter');
    return assertPicker('picker-refused', model);
  });
}

for (const size of [sizes.medium, sizes.small, sizes.tiny]) {
  test(`a host without a Go process says so and how to start one, at ${size.columns}x${size.rows}`, () => {
    const model = emptyPicker(size);
    updatePicker(model, { type: 'processes', processes: processList({ processes: [], unreadable: 181 }) });
    return assertPicker('picker-empty', model);
  });
}

test('while kubectl is asked, and the first look goes on, the rows that are there can be chosen', () => {
  const model = emptyPicker(sizes.medium);
  updatePicker(model, { type: 'processes', processes: processList({ pending: 312 }) });
  updatePicker(model, { type: 'pods', pods: { state: 'asking', context: 'minikube' } });
  updatePicker(model, { type: 'recordings', recordings: someRecordings });
  return assertPicker('picker-asking', model);
});

test('a cluster that does not answer is left out, and the list says so', () => {
  const model = fullPicker(sizes.small);
  const pods = { state: 'failed', context: 'prod-eu', why: 'no answer in 5 s' } as const;
  updatePicker(model, { type: 'pods', pods });
  return assertPicker('picker-no-cluster', model);
});

test('a command is typed where the filter was', () => {
  const model = fullPicker(sizes.small);
  pressKeys(model, 'n', '.', '/', 's', 'S-a', 'space', '-', 'p');
  return assertPicker('picker-command', model);
});

for (const size of [sizes.medium, sizes.small, sizes.tiny]) {
  test(`help tells every key that there is room for, at ${size.columns}x${size.rows}`, () => {
    const model = fullPicker(size);
    pressKeys(model, '?');
    return assertPicker('picker-help', model);
  });
}

test('below 40x10 the screen says what it needs', () =>
  assertPicker('picker-too-small', fullPicker(sizes.tooSmall)));
