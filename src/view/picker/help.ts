import { type PickerGroup, pickerKeys } from '../../model/picker/keys.js';
import type { PickerModel } from '../../model/picker/picker.js';
import { glyphsOf } from '../glyphs.js';
import { muted, span } from '../line.js';
import { head, noLine, type OverlayLine, overlayBox } from '../overlay.js';
import type { Box } from '../screen-view.js';

/** The overlay of `?`: the key table in two columns, and what the signs mean. */
export function pickerHelp({ size, look }: Readonly<PickerModel>): Box {
  const glyphs = glyphsOf(look);
  const { up, waiting, failed } = glyphs.state;
  const signs: readonly OverlayLine[] = [
    head('Signs'),
    sign(up, 'can be watched'),
    sign(waiting, 'it can, by somebody else'),
    sign(failed, 'it cannot'),
    sign('-', 'not known; 0 is zero'),
  ];
  const left = [
    ...keyGroup('Choose', 'choose'),
    ...keyGroup('Lists', 'lists'),
    ...keyGroup('Start', 'start'),
  ];
  const right = [...keyGroup('Everywhere', 'everywhere'), ...keyGroup('While typing', 'typing'), ...signs];
  const columns = size.columns >= leastForTwo ? [left, right] : [[...left, ...right]];
  return overlayBox(glyphs, size, { id: 'help', title: 'Help', columns });
}

const leastForTwo = 76;
const labelWidth = 10;

const keyGroup = (name: string, group: PickerGroup): readonly OverlayLine[] => [
  head(name),
  ...pickerKeys
    .filter((binding) => binding.group === group)
    .map(({ label, help }) => ({ pieces: ['  ', span(label.padEnd(labelWidth), 'focus'), help] })),
  noLine,
];

const sign = (glyph: string, meaning: string): OverlayLine => ({
  pieces: [`  ${glyph.padEnd(labelWidth)}`, muted(meaning)],
});
