import type { Access, ProcessCandidate } from '../../gc/candidate.js';
import type { SortOrder } from '../../model/picker/picker.js';
import { byteSize, count, cycleRate, duration, share } from '../format.js';
import type { Glyphs } from '../glyphs.js';
import { firstThatFits, plain } from '../text.js';
import { type Column, widthOfColumns } from './table.js';

/** A column of processes, and by what it sorts. */
export interface ProcessColumn extends Column<ProcessCandidate> {
  readonly sort?: SortOrder;
}

/** The columns that a width has room for; the name gets more of it, the last column what is left. */
export function processColumns(
  width: number,
  { glyphs, nowUnixMs }: { readonly glyphs: Glyphs; readonly nowUnixMs: number },
): readonly ProcessColumn[] {
  const from = <Item>(least: number, item: Item): readonly Item[] => (width >= least ? [item] : []);
  const nameWidth = width < 60 ? width - 27 : width < 100 ? Math.min(20, width - 45) : width < 150 ? 18 : 24;
  const columns: readonly ProcessColumn[] = [
    figure('PID', 7, ({ pid }) => String(pid), 'pid'),
    words('name', nameWidth, ({ name }) => name, 'name'),
    ...from(
      60,
      words('Go', 8, ({ goVersion }) => goVersion?.replace(/^go/, '') ?? '?'),
    ),
    ...from(
      110,
      words('container, unit', width < 150 ? 16 : 24, ({ container, unit }) => container ?? unit ?? ''),
    ),
    ...from(
      150,
      words('user', 8, ({ user }) => user),
    ),
    ...from(
      150,
      figure('up', 6, ({ startedUnixMs }) => upTime(nowUnixMs - startedUnixMs), 'started'),
    ),
    ...from(
      100,
      figure('CPU', 5, ({ cpu }) => cpu?.toFixed(2) ?? '-', 'cpu'),
    ),
    ...from(
      150,
      figure('RSS', 8, ({ rss }) => byteSize(rss).trim(), 'rss'),
    ),
    { ...figure('heap', 8, ({ live }) => byteSize(live).trim(), 'heap'), role: 'heap' },
    ...from(
      100,
      figure('cycles', 9, ({ cycles }) => count(cycles), 'cycles'),
    ),
    ...from(
      60,
      figure('GC', 8, ({ cyclesPerSecond }) => cycleRate(cyclesPerSecond).trim(), 'rate'),
    ),
    { ...figure('GC CPU', 6, ({ gcCpuShare }) => share(gcCpuShare).trim(), 'gc'), role: 'gc' },
  ];
  const rest = width - widthOfColumns(columns) - 1;
  if (rest < leastAccess) return columns;
  return [...columns, words('access', rest, ({ access }) => accessWords(access, glyphs, rest))];
}

const leastAccess = 9;

function figure(head: string, width: number, text: ProcessColumn['text'], sort: SortOrder): ProcessColumn {
  return { head, width, align: 'right', text, sort };
}

function words(
  head: string,
  width: number,
  text: (row: ProcessCandidate) => string,
  sort?: SortOrder,
): ProcessColumn {
  const safe = (row: ProcessCandidate) => plain(text(row));
  return { head, width, align: 'left', text: safe, ...(sort === undefined ? {} : { sort }) };
}

const upTime = (ms: number): string =>
  ms < 99.5e3 ? `${Math.max(0, Math.round(ms / 1e3))}s` : duration(ms * 1e6).trim();

/** What can be seen of it, as long as there is room for. */
export function accessWords(access: Access, { state }: Glyphs, width: number): string {
  switch (access.kind) {
    case 'whole':
      return firstThatFits([`${state.up} whole record`, `${state.up} whole`], width);
    case 'memory':
      return firstThatFits(
        [`${state.up} ${access.word} (${access.why})`, `${state.up} ${access.word}`, `${state.up} memory`],
        width,
      );
    case 'rights':
      return `${state.waiting} ${access.word}`;
    case 'refused':
      return `${state.failed} ${access.word}`;
  }
}

/** A program that cannot be watched, by this user or at all. */
export const isClosed = (row: ProcessCandidate): row is ClosedProcess =>
  row.access.kind === 'rights' || row.access.kind === 'refused';

type ClosedProcess = ProcessCandidate & {
  readonly access: Extract<Access, { kind: 'rights' | 'refused' }>;
};
