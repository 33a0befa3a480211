import type { PodCandidate, RecordingCandidate } from '../../gc/candidate.js';
import { byteSize, duration } from '../format.js';
import type { Glyphs } from '../glyphs.js';
import { plain } from '../text.js';
import { clockParts } from '../wall-clock.js';
import { type Column, widthOfColumns } from './table.js';

/** The time now where the person sits. */
export interface LocalTime {
  readonly nowUnixMs: number;
  readonly utcOffsetMinutes: number;
}

export function podColumns(
  width: number,
  { glyphs, time }: { readonly glyphs: Glyphs; readonly time: LocalTime },
): readonly Column<PodCandidate>[] {
  const name: Column<PodCandidate> = {
    head: 'namespace/pod',
    width: width < 60 ? width - 12 : width < 100 ? 38 : 48,
    align: 'left',
    text: (pod) => plain(`${pod.namespace}/${pod.name}`),
  };
  const ready: Column<PodCandidate> = {
    head: 'running',
    width: 7,
    align: 'left',
    text: ({ running }) => running,
  };
  const age: Column<PodCandidate> = {
    head: 'age',
    width: 7,
    align: 'right',
    text: ({ createdUnixMs }) => duration(Math.max(0, time.nowUnixMs - createdUnixMs) * 1e6),
  };
  const node: Column<PodCandidate> = {
    head: 'node',
    width: 24,
    align: 'left',
    text: (pod) => plain(pod.node ?? '-'),
  };
  const columns = width < 60 ? [name, ready] : width < 110 ? [name, ready, age] : [name, node, ready, age];
  return withRest(columns, width, (rest) => ({
    head: 'state',
    width: rest,
    align: 'left',
    text: ({ isReady, state }) => {
      const { up, waiting, failed } = glyphs.state;
      const glyph = isReady ? up : state === 'Running' || state === 'Pending' ? waiting : failed;
      return `${glyph} ${plain(state)}${isReady || state !== 'Running' ? '' : ', not ready'}`;
    },
  }));
}

export function recordingColumns(width: number, time: LocalTime): readonly Column<RecordingCandidate>[] {
  const file: Column<RecordingCandidate> = {
    head: 'file',
    width: width < 60 ? width - 12 : width < 100 ? 30 : 48,
    align: 'left',
    text: (recording) => plain(recording.file),
  };
  const when: Column<RecordingCandidate> = {
    head: 'begun',
    width: 18,
    align: 'left',
    text: ({ startedUnixMs }) => dayAndTime(startedUnixMs, time),
  };
  const length: Column<RecordingCandidate> = {
    head: 'length',
    width: 7,
    align: 'right',
    text: ({ lengthNs }) => duration(lengthNs),
  };
  const size: Column<RecordingCandidate> = {
    head: 'size',
    width: 8,
    align: 'right',
    text: (recording) => byteSize(recording.size),
  };
  const columns =
    width < 60 ? [file, length] : width < 110 ? [file, when, length] : [file, when, length, size];
  return withRest(columns, width, (rest) => ({
    head: 'program',
    width: rest,
    align: 'left',
    text: ({ target }) => plain(target ?? ''),
  }));
}

function withRest<Row>(
  columns: readonly Column<Row>[],
  width: number,
  last: (rest: number) => Column<Row>,
): readonly Column<Row>[] {
  const rest = width - widthOfColumns(columns) - 1;
  return rest < 8 ? columns : [...columns, last(rest)];
}

/** `18:10:22` today, `yesterday 18:10:22`, else the day: `2026-11-22 18:10`. */
export function dayAndTime(unixMs: number, { nowUnixMs, utcOffsetMinutes }: LocalTime): string {
  const local = unixMs + utcOffsetMinutes * 60e3;
  const today = Math.floor((nowUnixMs + utcOffsetMinutes * 60e3) / dayMs);
  const day = Math.floor(local / dayMs);
  const { hours, minutes, seconds } = clockParts(local);
  if (day === today) return `${hours}:${minutes}:${seconds}`;
  if (day === today - 1) return `yesterday ${hours}:${minutes}`;
  return new Date(local).toISOString().slice(0, 16).replace('T', ' ');
}

const dayMs = 86_400_000;
