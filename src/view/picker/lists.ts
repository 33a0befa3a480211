import { unreachable } from '../../error.js';
import type { ProcessList } from '../../gc/candidate.js';
import type { Rect } from '../../model/layout.js';
import type { ListName, PickerAction, SortOrder } from '../../model/picker/picker.js';
import { idsOf } from '../../model/picker/rows.js';
import { clickableLine } from '../clickable.js';
import { blank, centred, fit, fitHeight, muted, type Piece, span } from '../line.js';
import { titleLine } from '../panes/pane.js';
import type { HitArea, Line } from '../screen-view.js';
import { cut, plain } from '../text.js';
import { podColumns, recordingColumns } from './other-columns.js';
import { isClosed, type ProcessColumn, processColumns } from './process-columns.js';
import type { Drawn, PickerScene } from './scene.js';
import { type Column, cells, headOf } from './table.js';

/** One list with its title, the heads of its columns and its rows; undefined where it has no place. */
export function listBox(scene: PickerScene, list: ListName): Drawn | undefined {
  const place = scene.place.lists[list];
  if (place === undefined) return undefined;
  const { rect } = place;
  const rows = drawRows(scene, list, rect.width);
  const top = scene.model.tops[list];
  const shown = rows.lines.slice(top, top + place.rows);
  const heads = place.hasHeads ? headLine(rows, { ...rect, y: rect.y + Number(place.hasTitle) }) : undefined;
  const words = rows.lines.length === 0 ? emptyLines(scene, list, rect.width) : [];
  const above = [
    ...(place.hasTitle ? [listTitle(scene, list, rect.width)] : []),
    ...(heads ? [heads.line] : []),
  ];
  const lines = fitHeight([...above, ...(rows.lines.length === 0 ? words : shown)], rect);
  const ids = idsOf(scene.rows, list).slice(top, top + place.rows);
  const hits = ids.map((id, index): HitArea<PickerAction> => {
    const at: Rect = { ...rect, y: rect.y + above.length + index, height: 1 };
    return { rect: at, action: { type: 'select', row: { list, id } } };
  });
  return { box: { id: list, rect, lines }, hits: [...(heads?.hits ?? []), ...hits] };
}

interface DrawnRows {
  readonly heads: readonly (Column<never> & Pick<ProcessColumn, 'sort'>)[];
  readonly lines: readonly Line[];
  readonly sortedBy?: string;
}

function drawRows({ model, glyphs, rows }: PickerScene, list: ListName, width: number): DrawnRows {
  const { selected, nowUnixMs, utcOffsetMinutes } = model;
  const time = { nowUnixMs, utcOffsetMinutes };
  const isSelected = (id: string) => selected?.list === list && selected.id === id;
  const lineOf = (pieces: readonly Piece[]) => fit(width, pieces);
  switch (list) {
    case 'processes': {
      const columns = processColumns(width, { glyphs, nowUnixMs });
      const lines = rows.processes.map((row) =>
        lineOf(cells(columns, row, { isSelected: isSelected(String(row.pid)), isDim: isClosed(row) })),
      );
      return { heads: columns, lines, sortedBy: model.sort.by };
    }
    case 'pods': {
      const columns = podColumns(width, { glyphs, time });
      const lines = rows.pods.map((row) =>
        lineOf(
          cells(columns, row, {
            isSelected: isSelected(`${row.namespace}/${row.name}`),
            isDim: !row.isReady,
          }),
        ),
      );
      return { heads: columns, lines };
    }
    case 'recordings': {
      const columns = recordingColumns(width, time);
      const lines = rows.recordings.map((row) =>
        lineOf(cells(columns, row, { isSelected: isSelected(row.file), isDim: false })),
      );
      return { heads: columns, lines };
    }
    default:
      return unreachable(list);
  }
}

/** The heads of the columns; pressing one sorts by it. */
function headLine(
  { heads, sortedBy }: DrawnRows,
  at: Rect,
): { readonly line: Line; readonly hits: readonly HitArea<PickerAction>[] } {
  const pieces = heads.map((column) => {
    const isSorted = column.sort !== undefined && column.sort === sortedBy;
    const piece = isSorted ? span(`${headOf(column)} `, 'focus') : muted(`${headOf(column)} `);
    return column.sort === undefined ? piece : { piece, action: { type: 'sort', by: column.sort } as const };
  });
  return clickableLine<PickerAction>(['  ', ...pieces], at);
}

function listTitle(scene: PickerScene, list: ListName, width: number): Line {
  const { model, glyphs, rows } = scene;
  const shown = rows[list].length;
  const title = titleOf(scene, list);
  const place = scene.place.lists[list];
  const top = model.tops[list];
  const isCut = place !== undefined && shown > place.rows;
  const part = isCut ? `${top + 1} to ${Math.min(shown, top + place.rows)} of ${shown}` : '';
  const order = list === 'processes' && shown > 1 ? orderWords(model) : '';
  const both = [order, part].filter(Boolean).join(', ');
  const legends = [both, part, ''].map((text): readonly Piece[] => (text === '' ? [] : [muted(text)]));
  return titleLine(glyphs, { title, inFront: model.selected?.list === list, legends, width });
}

const orderNames: Readonly<Record<SortOrder, string>> = {
  gc: 'GC CPU',
  rate: 'cycles a second',
  heap: 'heap',
  cycles: 'cycles',
  cpu: 'CPU',
  rss: 'RSS',
  started: 'start',
  name: 'name',
  pid: 'PID',
};

const orderWords = ({ sort }: PickerScene['model']): string =>
  `by ${orderNames[sort.by]}${sort.reversed ? ', the other way' : ''}`;

function titleOf({ model: { pods } }: PickerScene, list: ListName): string {
  if (list === 'processes') return 'Go processes on this host';
  if (list === 'recordings') return 'Recordings in this folder';
  if (pods === undefined) return 'Pods';
  const where = pods.state === 'listed' ? `, namespace ${pods.namespace}` : '';
  return plain(`Pods of context ${pods.context}${where}`);
}

/** What stands where there is no row. */
function emptyLines({ model, place }: PickerScene, list: ListName, width: number): readonly Line[] {
  const { processes, pods, filter } = model;
  const say = (text: string): Line => fit(width, ['  ', muted(cut(text, width - 3))]);
  if (list === 'pods') {
    if (pods?.state === 'asking') return [say('asking kubectl for them ...')];
    if (pods?.state === 'failed') return [say(`left out: ${plain(pods.why)}`)];
    return [say(filter === '' ? 'there are none' : 'none matches (esc clears the filter)')];
  }
  if (processes === undefined || processes.pending > 0) return [say('looking ...')];
  if (filter !== '' && processes.processes.length > 0) return [say('none matches (esc clears the filter)')];
  if (place.shape === 'lines') return [say('no Go process: o demo, n your own')];
  return [
    blank(width),
    centred(width, noneHere(processes), 'text'),
    blank(width),
    centred(width, 'o starts the demo service and watches it (gctop demo)', 'muted'),
    centred(width, 'n starts a program of yours and watches it (gctop -- CMD ARGS)', 'muted'),
  ];
}

const noneHere = ({ unreadable, asRoot }: ProcessList): string =>
  unreadable === 0 || asRoot
    ? 'no Go process runs on this host'
    : 'no Go process runs here that may be looked into: as root gctop sees them all';
