import { pickerLayout } from './layout.js';
import { listNames, type PickerModel, type RowId, type Step } from './picker.js';
import { allIds, idsOf, isSameRow, type ShownRows, shownRows } from './rows.js';

export function moveSelection(model: PickerModel, by: Step): void {
  model.hasMoved = true;
  const rows = shownRows(model);
  const all = allIds(rows);
  const at = all.findIndex((row) => isSameRow(row, model.selected));
  const page = pageRows(model, rows);
  const to: Readonly<Record<Step, number>> = {
    up: at - 1,
    down: at + 1,
    'page-up': at - page,
    'page-down': at + page,
    first: 0,
    last: all.length - 1,
  };
  model.selected = all[Math.min(Math.max(0, to[by]), all.length - 1)];
}

/** To the first row of the next list that has any. */
export function nextList(model: PickerModel, step: 1 | -1): void {
  model.hasMoved = true;
  const rows = shownRows(model);
  const lists = listNames.filter((list) => rows[list].length > 0);
  const at = model.selected === undefined ? -1 : lists.indexOf(model.selected.list);
  const list = lists[(at + step + lists.length) % lists.length];
  const id = list === undefined ? undefined : idsOf(rows, list)[0];
  if (list !== undefined && id !== undefined) model.selected = { list, id };
}

/** After anything: a row is selected where there is one, and the selected one is on the screen. */
export function settle(model: PickerModel): void {
  const rows = shownRows(model);
  model.selected = stillThere(model, rows);
  const { selected } = model;
  model.selectedIndex = selected === undefined ? 0 : idsOf(rows, selected.list).indexOf(selected.id);
  const place = pickerLayout(model, rows);
  if (place.shape === 'too-small') return;
  for (const list of listNames) {
    const room = place.lists[list]?.rows ?? 0;
    let top = Math.min(model.tops[list], Math.max(0, rows[list].length - room));
    if (selected?.list === list) {
      top = Math.min(top, model.selectedIndex);
      top = Math.max(top, model.selectedIndex - room + 1);
    }
    model.tops[list] = Math.max(0, top);
  }
}

/** The selected row; where it has gone, the one that took its place. */
function stillThere(model: PickerModel, rows: ShownRows): RowId | undefined {
  const { selected, selectedIndex } = model;
  // While the first look goes on the first row is another one all the time.
  const isFirstLook = model.processes === undefined || model.processes.pending > 0;
  if (selected === undefined || (isFirstLook && !model.hasMoved)) return allIds(rows)[0];
  const ids = idsOf(rows, selected.list);
  if (ids.includes(selected.id)) return selected;
  const id = ids[Math.min(selectedIndex, ids.length - 1)];
  return id === undefined ? allIds(rows)[0] : { list: selected.list, id };
}

function pageRows(model: PickerModel, rows: ShownRows): number {
  const place = pickerLayout(model, rows);
  const list = model.selected?.list ?? 'processes';
  return place.shape === 'too-small' ? 1 : Math.max(1, (place.lists[list]?.rows ?? 2) - 1);
}
