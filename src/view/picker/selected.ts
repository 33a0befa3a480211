import type { PodCandidate, ProcessCandidate, RecordingCandidate } from '../../gc/candidate.js';
import type { Rect } from '../../model/layout.js';
import { byteSize, duration } from '../format.js';
import { fit, fitHeight, muted, type Piece, span } from '../line.js';
import { titleLine } from '../panes/pane.js';
import type { Line } from '../screen-view.js';
import { plain, wrap } from '../text.js';
import { dayAndTime } from './other-columns.js';
import { isClosed } from './process-columns.js';
import type { Drawn, PickerScene } from './scene.js';

/** What is known of the selected row, and what watching it will give. */
export function selectedBox(scene: PickerScene, rect: Rect): Drawn {
  const title = titleLine(scene.glyphs, {
    title: 'Selected',
    inFront: false,
    legends: [[]],
    width: rect.width,
  });
  const lines = fitHeight([title, ...wordsOf(scene, rect.width)], rect);
  return { box: { id: 'selected', rect, lines }, hits: [] };
}

function wordsOf({ model, rows }: PickerScene, width: number): readonly Line[] {
  const { selected } = model;
  switch (selected?.list) {
    case undefined:
      return [];
    case 'processes': {
      const row = rows.processes.find(({ pid }) => String(pid) === selected.id);
      return row === undefined ? [] : processLines(row, model.nowUnixMs, width);
    }
    case 'pods': {
      const row = rows.pods.find(({ namespace, name }) => `${namespace}/${name}` === selected.id);
      return row === undefined ? [] : podLines(row, width);
    }
    case 'recordings': {
      const row = rows.recordings.find(({ file }) => file === selected.id);
      return row === undefined ? [] : recordingLines(row, dayAndTime(row.startedUnixMs, model), width);
    }
  }
}

function processLines(row: ProcessCandidate, nowUnixMs: number, width: number): readonly Line[] {
  const { name, pid, goVersion, user, startedUnixMs, container, unit, rss, command } = row;
  const facts = [
    `pid ${pid}`,
    goVersion ?? 'Go',
    `user ${user}`,
    `up ${duration(Math.max(0, nowUnixMs - startedUnixMs) * 1e6).trim()}`,
    ...(container === undefined ? [] : [container]),
    ...(unit === undefined ? [] : [unit]),
    `RSS ${byteSize(rss).trim()}`,
  ];
  const first = fit(width, ['  ', span(plain(name), 'focus'), plain(`  ${facts.join('  ')}`)]);
  const called = fit(width, [muted('  command  '), plain(command)]);
  // Where rows are few, why it cannot be watched is what matters.
  if (isClosed(row)) return [first, ...said(width, span('not now  ', 'limit'), row.access.why), called];
  return [first, called, ...said(width, muted('you get  '), whatYouGet(row))];
}

const whatYouGet = ({ access }: ProcessCandidate): string =>
  access.kind === 'memory'
    ? `heap and phase twenty times a second, the pause of every cycle, most cycles whole (${access.why})`
    : 'every cycle with its phases, both stops, cause, heap and CPU, as gctrace would print it';

const podLines = ({ namespace, name, node, state }: PodCandidate, width: number): readonly Line[] => [
  fit(width, [
    '  ',
    span(plain(name), 'focus'),
    plain(`  namespace ${namespace}  node ${node ?? '-'}  ${state}`),
  ]),
  ...said(
    width,
    muted('you get  '),
    'every cycle through Pixie, four seconds late, and a port-forward for traffic; it needs Pixie in the cluster and PX_API_KEY',
  ),
];

const recordingLines = (
  { file, target, lengthNs }: RecordingCandidate,
  begun: string,
  width: number,
): readonly Line[] => [
  fit(width, ['  ', span(plain(file), 'focus'), plain(target === undefined ? '' : `  ${target}`)]),
  ...said(width, muted('you get  '), `the screens of ${begun} again, for ${duration(lengthNs).trim()}`),
];

/** A label and a sentence, over as many lines as it takes. */
function said(width: number, label: Piece, sentence: string): readonly Line[] {
  const labelWidth = typeof label === 'string' ? label.length : label.text.length;
  return wrap(plain(sentence), width - labelWidth - 4).map((text, index) =>
    fit(width, ['  ', index === 0 ? label : ' '.repeat(labelWidth), text]),
  );
}
