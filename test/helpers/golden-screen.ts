import type { SourceMessage } from '../../src/gc/stream.js';
import type { Nanos } from '../../src/gc/units.js';
import { createModel, type ModelOptions } from '../../src/model/create.js';
import type { Size } from '../../src/model/message.js';
import type { Model } from '../../src/model/model.js';
import { update } from '../../src/model/update.js';
import type { Capabilities } from '../../src/terminal/capabilities.js';
import { view } from '../../src/view/view.js';
import { assertGolden } from './golden.js';
import { fullCapabilities, showView } from './screen.js';

/** Sizes at which goldens are kept. */
export const sizes = {
  wide: { columns: 160, rows: 48 },
  medium: { columns: 120, rows: 40 },
  small: { columns: 80, rows: 24 },
  tiny: { columns: 40, rows: 10 },
  tooSmall: { columns: 38, rows: 9 },
} as const satisfies Record<string, Size>;

export const asciiCapabilities: Capabilities = { ...fullCapabilities, colors: 'mono', glyphs: 'ascii' };

/** Paints a model through the real terminal room and compares it with test/golden/NAME-WxH.txt. */
export async function assertScreen(
  name: string,
  fixture: string,
  model: Model,
  capabilities: Capabilities = fullCapabilities,
): Promise<void> {
  assertGolden(name, fixture, await showView(view(model), capabilities));
}

/** A model to which messages were said up to an instant. */
export function modelAfter(
  messages: readonly SourceMessage[],
  { untilNs, ...options }: Partial<ModelOptions> & { readonly size: Size; readonly untilNs: Nanos },
): Model {
  const model = createModel({
    look: { glyphs: 'braille' },
    state: { kind: 'opening' },
    utcOffsetMinutes: 0,
    ...options,
  });
  for (const message of messages) {
    if (message.atNs <= untilNs) update(model, { type: 'source', message });
  }
  update(model, { type: 'tick', nowNs: untilNs });
  return model;
}

/** Presses keys, by blessed's full names. */
export function press(model: Model, ...keys: readonly string[]): Model {
  for (const key of keys) update(model, { type: 'key', key });
  return model;
}
