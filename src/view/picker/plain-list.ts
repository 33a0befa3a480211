import type { ProcessCandidate, RecordingCandidate } from '../../gc/candidate.js';
import { byteSize, count, duration, share } from '../format.js';
import { plain } from '../text.js';
import { dayAndTime, type LocalTime } from './other-columns.js';

type TextColumn<Row> = readonly [head: string, align: 'left' | 'right', text: (row: Row) => string];

/** The processes as a table of plain text, a head and a row each; none where there are none. */
export const processTable = (rows: readonly ProcessCandidate[], time: LocalTime): readonly string[] =>
  table<ProcessCandidate>(rows, [
    ['PID', 'right', ({ pid }) => String(pid)],
    ['NAME', 'left', ({ name }) => name],
    ['GO', 'left', ({ goVersion }) => goVersion ?? '-'],
    ['USER', 'left', ({ user }) => user],
    ['UP', 'right', ({ startedUnixMs }) => duration((time.nowUnixMs - startedUnixMs) * 1e6).trim()],
    ['RSS', 'right', ({ rss }) => byteSize(rss).trim()],
    ['HEAP', 'right', ({ live }) => byteSize(live).trim()],
    ['CYCLES', 'right', ({ cycles }) => count(cycles)],
    ['GC CPU', 'right', ({ gcCpuShare }) => share(gcCpuShare).trim()],
    ['ACCESS', 'left', ({ access }) => (access.kind === 'whole' ? 'whole record' : access.word)],
    ['CONTAINER, UNIT', 'left', ({ container, unit }) => container ?? unit ?? '-'],
  ]);

/** The recordings in the same form. */
export const recordingTable = (rows: readonly RecordingCandidate[], time: LocalTime): readonly string[] =>
  table<RecordingCandidate>(rows, [
    ['FILE', 'left', ({ file }) => file],
    ['BEGUN', 'left', ({ startedUnixMs }) => dayAndTime(startedUnixMs, time)],
    ['LENGTH', 'right', ({ lengthNs }) => duration(lengthNs).trim()],
    ['SIZE', 'right', ({ size }) => byteSize(size).trim()],
    ['PROGRAM', 'left', ({ target }) => target ?? '-'],
  ]);

function table<Row>(rows: readonly Row[], columns: readonly TextColumn<Row>[]): readonly string[] {
  if (rows.length === 0) return [];
  const texts = columns.map(([head, align, text]) => {
    const cells = [head, ...rows.map((row) => plain(text(row)))];
    const width = Math.max(...cells.map((cell) => cell.length));
    return cells.map((cell) => (align === 'left' ? cell.padEnd(width) : cell.padStart(width)));
  });
  return [undefined, ...rows].map((_, line) =>
    texts
      .map((cells) => cells[line])
      .join('  ')
      .trimEnd(),
  );
}
