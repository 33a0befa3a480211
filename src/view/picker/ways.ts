import type { Rect } from '../../model/layout.js';
import { pickerKeys } from '../../model/picker/keys.js';
import type { PickerAction } from '../../model/picker/picker.js';
import { fit, fitHeight, muted, span } from '../line.js';
import { titleLine } from '../panes/pane.js';
import type { HitArea } from '../screen-view.js';
import type { Drawn, PickerScene } from './scene.js';

/** The command line that does the same. */
const typed: Readonly<Record<string, string>> = {
  n: 'gctop -- CMD ARGS, needs no root',
  t: 'gctop --gctrace FILE, or a pipe: kubectl logs -f deploy/server | gctop --gctrace -',
  o: 'gctop demo',
};

/** The other ways to start, each on its key. */
export function waysBox({ glyphs }: PickerScene, rect: Rect): Drawn {
  const ways = pickerKeys.filter(({ group }) => group === 'start');
  const title = titleLine(glyphs, { title: 'Or', inFront: false, legends: [[]], width: rect.width });
  const lines = ways.map(({ label, help }) =>
    fit(rect.width, ['  ', span(label.padEnd(4), 'focus'), help.padEnd(26), muted(typed[label] ?? '')]),
  );
  const hits = ways.map(({ action }, index): HitArea<PickerAction> => {
    return { rect: { ...rect, y: rect.y + 1 + index, height: 1 }, action };
  });
  return { box: { id: 'ways', rect, lines: fitHeight([title, ...lines], rect) }, hits };
}
