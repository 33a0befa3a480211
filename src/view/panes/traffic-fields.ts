import type { TrafficButton } from '../../gc/stream.js';
import { canSend } from '../../model/can.js';
import type { TrafficField } from '../../model/model.js';
import type { Clickable } from '../clickable.js';
import { count } from '../format.js';
import { span } from '../line.js';
import type { Scene } from '../scene.js';
import { plain } from '../text.js';

/** A button for each kind of request. */
export const buttons = ({ model }: Scene, words: ButtonWords): readonly Clickable[] =>
  buttonWords[words].flatMap(([button, word]) => [
    ' ',
    {
      piece: span(`[${button} ${word}]`, canSend(model) ? 'focus' : 'muted'),
      action: { type: 'traffic', button },
    },
  ]);

/** Inner width of a field's brackets. */
const fieldWidth = 8;

/** A field in brackets: its value, or while it is edited what was typed. */
export function field(scene: Scene, name: TrafficField): Clickable {
  const edited = editedText(scene, name);
  const text = edited ?? fieldText(scene, name);
  const inner = `${text} `.padStart(fieldWidth).slice(-fieldWidth);
  return {
    piece: span(`[${inner}]`, edited === undefined ? 'text' : 'focus'),
    action: { type: 'edit', field: name },
  };
}

/** A field without its brackets, where nothing is edited. */
export const bareField = (scene: Scene, name: TrafficField): Clickable => ({
  piece: fieldText(scene, name),
  action: { type: 'edit', field: name },
});

/** What was typed, with a cursor after it. */
function editedText({ model }: Scene, name: TrafficField): string | undefined {
  const { editing } = model.screen;
  return editing?.field === name ? `${plain(editing.text)}_` : undefined;
}

function fieldText({ model: { traffic } }: Scene, name: TrafficField): string {
  switch (name) {
    case 'length':
      return count(traffic.arrayLength);
    case 'bytes':
      return count(traffic.bytesPerElement);
    case 'rate':
      return `${traffic.ratePerSecond < 100 ? traffic.ratePerSecond.toFixed(1) : Math.round(traffic.ratePerSecond)}/s`;
  }
}

type ButtonWords = 'long' | 'short' | 'brief';

const buttonWords: Readonly<Record<ButtonWords, readonly (readonly [TrafficButton, string])[]>> = {
  long: [
    ['g', 'alloc+collect'],
    ['a', 'allocate'],
    ['c', 'collect'],
    ['b', 'burst'],
  ],
  short: [
    ['g', 'alloc+gc'],
    ['a', 'alloc'],
    ['c', 'gc'],
    ['b', 'burst'],
  ],
  brief: [
    ['g', 'a+gc'],
    ['a', 'alloc'],
    ['c', 'gc'],
    ['b', 'x4'],
  ],
};
