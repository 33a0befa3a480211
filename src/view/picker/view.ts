import { pickerFooter } from '../../model/picker/keys.js';
import { type ListsLayout, pickerLayout } from '../../model/picker/layout.js';
import { listNames, type PickerAction, type PickerModel } from '../../model/picker/picker.js';
import { shownRows } from '../../model/picker/rows.js';
import { glyphsOf } from '../glyphs.js';
import { bad, fit } from '../line.js';
import { footerRow, leastForKeys } from '../panes/footer.js';
import type { Box, ScreenView } from '../screen-view.js';
import { cut, plain, wrap } from '../text.js';
import { inAscii, tooSmallBox } from '../view.js';
import { headerBox } from './header.js';
import { pickerHelp } from './help.js';
import { listBox } from './lists.js';
import type { Drawn } from './scene.js';
import { selectedBox } from './selected.js';
import { waysBox } from './ways.js';

export type PickerView = ScreenView<PickerAction>;

/** The whole screen on which something to watch is chosen, as values. */
export function pickerView(model: Readonly<PickerModel>): PickerView {
  const { size, look, help } = model;
  const rows = shownRows(model);
  const place = pickerLayout(model, rows);
  const drawn =
    place.shape === 'too-small' ? [{ box: tooSmallBox(size), hits: [] }] : listsScreen(model, place, rows);
  const over = help && place.shape !== 'too-small' ? [pickerHelp(model)] : [];
  const notices = place.shape === 'lines' ? noticeBoxes(model) : [];
  const boxes = [...drawn.map(({ box }) => box), ...notices, ...over];
  const allHits = drawn.flatMap(({ hits }) => hits);
  // Under the overlay nothing but the footer answers.
  const hits = over.length > 0 ? allHits.filter(({ rect }) => rect.y === size.rows - 1) : allHits;
  return { size, hits, boxes: look.glyphs === 'ascii' ? boxes.map(inAscii) : boxes };
}

function listsScreen(
  model: Readonly<PickerModel>,
  place: ListsLayout,
  rows: ReturnType<typeof shownRows>,
): readonly Drawn[] {
  const glyphs = glyphsOf(model.look);
  const scene = { model, glyphs, rows, place };
  const lists = listNames.flatMap((list) => listBox(scene, list) ?? []);
  const selected = place.selected === undefined ? [] : [selectedBox(scene, place.selected)];
  const ways = place.ways === undefined ? [] : [waysBox(scene, place.ways)];
  return [headerBox(scene, place.header), ...lists, ...selected, ...ways, footerBox(model, place)];
}

/** Where the footer has no room for a sentence it covers the last rows for a while. */
function noticeBoxes({ notice, size: { columns, rows } }: Readonly<PickerModel>): readonly Box[] {
  if (notice === undefined) return [];
  const lines = wrap(`! ${plain(notice.text)}`, columns - 2).slice(0, rows - 2);
  const rect = { x: 0, y: rows - 1 - lines.length, width: columns, height: lines.length };
  return [{ id: 'notice', rect, lines: lines.map((text) => fit(columns, [' ', bad(text)])) }];
}

function footerBox(model: Readonly<PickerModel>, { footer: rect, shape }: ListsLayout): Drawn {
  const { notice } = model;
  const toast =
    notice === undefined || shape === 'lines'
      ? ''
      : cut(`! ${plain(notice.text)}`, rect.width - leastForKeys);
  const { line, hits } = footerRow(pickerFooter(model), rect, toast);
  return { box: { id: 'footer', rect, lines: [line] }, hits };
}
