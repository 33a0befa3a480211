import type { Rect } from '../../model/layout.js';
import type { Model } from '../../model/model.js';
import { bad, fit, muted, type Piece, span, widthOf } from '../line.js';
import type { Scene } from '../scene.js';
import type { Line } from '../screen-view.js';
import { plain } from '../text.js';
import { windowWords } from '../time-axis.js';
import { clockTime } from '../wall-clock.js';
import { figuresRow, type HeaderColumns } from './figures-row.js';
import { heapRow } from './heap-row.js';
import { evidenceWord, limitWord, percentWord, stateWord } from './state-words.js';

/** Who is watched and how; how often, how long, how much CPU; how much heap: always at the same columns. */
export function headerLines(scene: Scene, rect: Rect): readonly Line[] {
  const columns = headerColumns(rect.width);
  return [identityRow(scene, rect.width), figuresRow(scene, columns), heapRow(scene, columns)];
}

/** Where the parts of rows 2 and 3 end, by the breakpoints; the last part takes the rest. */
function headerColumns(width: number): HeaderColumns {
  if (width >= 160) return { width, cycles: 35, pauses: 114, cpu: 145 };
  if (width >= 120) return { width, cycles: 24, pauses: 73, cpu: 104 };
  return { width, cycles: 15, pauses: 50, cpu: 66 };
}

function identityRow(scene: Scene, width: number): Line {
  const gap = ' '.repeat(width >= 160 ? 4 : width >= 120 ? 3 : 2);
  const right = [...joined(statusParts(scene, width), gap), ' '];
  const room = width - widthOf(right);
  const name = nameOf(scene);
  const wordings = [
    ...[0, 2, 3, 4, 5].map((least) => ({ least, name })),
    // A pod without its namespace says more than its whole name cut off.
    ...[4, 6].map((least) => ({ least, name: name.slice(name.indexOf('/') + 1) })),
  ].map(({ least, name: shown }) => [
    ' ',
    ...joined(
      identityParts(scene, shown)
        .filter(({ keep }) => keep >= least)
        .map(({ piece }) => [piece]),
      '  ',
    ),
  ]);
  // A little air stays before the right end.
  const left = wordings.find((pieces) => widthOf(pieces) + 3 <= room) ?? wordings.at(-1) ?? [];
  return [...fit(room, left), ...fit(width - room, right)];
}

interface IdentityPart {
  readonly piece: Piece;
  /** Where room is short, the lowest goes first. */
  readonly keep: number;
}

const nameOf = ({ model }: Scene): string =>
  model.target === undefined ? 'no target yet' : plain(model.target.target.name);

function identityParts({ model }: Scene, name: string): readonly IdentityPart[] {
  const target = model.target?.target;
  const heap = model.heap.latest;
  const procs = target?.procs ?? model.cycles.last?.cycle.procs;
  const percent = percentWord(heap);
  const limit = limitWord(heap);
  return [
    { piece: muted('gctop'), keep: 9 },
    { piece: span(name, 'focus'), keep: 9 },
    ...(target?.pid === undefined ? [] : [{ piece: `pid ${target.pid}`, keep: 5 }]),
    ...(target?.goVersion === undefined ? [] : [{ piece: plain(target.goVersion), keep: 4 }]),
    ...(percent === undefined ? [] : [{ piece: percent, keep: 3 }]),
    ...(limit === undefined ? [] : [{ piece: limit, keep: limit === 'limit none' ? 1 : 3 }]),
    ...(procs === undefined ? [] : [{ piece: `${procs} P`, keep: 2 }]),
  ];
}

/** What the user has switched off is on the screen for as long as it is off. */
function unprotectedPart({ steps }: Readonly<Model>): readonly (readonly Piece[])[] {
  const unprotected = steps.get('cloud')?.unprotected;
  if (unprotected === undefined) return [];
  return [[bad(unprotected === 'plaintext' ? '! plaintext' : '! TLS not checked')]];
}

function statusParts(scene: Scene, width: number): readonly (readonly Piece[])[] {
  const { model, clock, axis } = scene;
  const source = model.target?.target.source;
  const evidence = evidenceWord(model);
  const wide = width >= 120;
  return [
    ...unprotectedPart(model),
    [...(wide && source !== undefined ? [muted(`${source}  `)] : []), ...evidence],
    [stateWord(scene)],
    ...(wide ? [[muted(`window ${windowWords(axis)}`)]] : []),
    [clockTime(clock, scene.atNs)],
  ].filter((part) => part.length > 0);
}

const joined = (parts: readonly (readonly Piece[])[], gap: string): readonly Piece[] =>
  parts.flatMap((part, index) => (index === 0 ? part : [gap, ...part]));
