import { type PaneId, paneIds } from '../../model/action.js';
import type { Rect } from '../../model/layout.js';
import type { Glyphs } from '../glyphs.js';
import { fit, fitHeight, muted, type Piece, span, widthOf } from '../line.js';
import type { Scene } from '../scene.js';
import type { Box, HitArea, Line } from '../screen-view.js';

/** What a pane draws under its title. */
export interface PaneView {
  readonly name: string;
  /** What stands at the right end of the title, in wordings from long to short. */
  readonly legends: readonly (readonly Piece[])[];
  readonly lines: readonly Line[];
  readonly hits?: readonly HitArea[];
}

/** Draws a pane into a rectangle; its first row is the title's. */
export type Pane = (scene: Scene, rect: Rect) => PaneView;

/** A pane as a box: the title rule, then its lines cut or filled up to its height. */
export function paneBox(
  scene: Scene,
  { pane, rect, view, joint }: { pane: PaneId; rect: Rect; view: PaneView; joint?: number | undefined },
): { readonly box: Box; readonly hits: readonly HitArea[] } {
  const { screen } = scene.model;
  const title = `${paneIds.indexOf(pane) + 1} ${view.name}${screen.zoom === pane ? '  zoomed' : ''}`;
  const inFront = screen.zoom === pane || screen.focus === pane;
  const titleRow = withJoint(
    titleLine(scene.glyphs, { title, inFront, legends: view.legends, width: rect.width }),
    {
      joint,
      glyphs: scene.glyphs,
    },
  );
  const lines = fitHeight([titleRow, ...view.lines], rect);
  const titleHit: HitArea = { rect: { ...rect, height: 1 }, action: { type: 'zoom', pane } };
  return { box: { id: pane, rect, lines }, hits: [titleHit, ...(view.hits ?? [])] };
}

export interface Title {
  readonly title: string;
  readonly inFront: boolean;
  readonly legends: readonly (readonly Piece[])[];
  readonly width: number;
}

/** A rule that bears the title at its left and a legend at its right; heavy where the pane is in front. */
export function titleLine(glyphs: Glyphs, { title, inFront, legends, width }: Title): Line {
  const rule = inFront ? glyphs.heavyRule : glyphs.rule;
  const ruleRole = inFront ? 'focus' : 'muted';
  const left = [
    span(`${rule} `, ruleRole),
    span(titleText(glyphs, title, inFront), inFront ? 'focus' : 'text'),
    ' ',
  ];
  const room = width - widthOf(left) - 4;
  const legend = legends.find((wording) => widthOf(wording) <= room);
  const right: readonly Piece[] =
    legend === undefined || widthOf(legend) === 0 ? [] : [' ', ...legend, ' ', span(rule, ruleRole)];
  const fill = Math.max(0, width - widthOf(left) - widthOf(right));
  return fit(width, [...left, span(rule.repeat(fill), ruleRole), ...right]);
}

/** Without a heavy rule, what is in front has its title in brackets or in capitals. */
function titleText({ set }: Glyphs, title: string, inFront: boolean): string {
  if (!inFront || set === 'braille') return title;
  return set === 'ascii' ? `[${title}]` : title.toUpperCase();
}

function withJoint(line: Line, { joint, glyphs }: { joint: number | undefined; glyphs: Glyphs }): Line {
  if (joint === undefined) return line;
  let column = 0;
  return line.flatMap((piece) => {
    const at = joint - column;
    column += piece.text.length;
    if (at < 0 || at >= piece.text.length) return [piece];
    const text = piece.text.slice(0, at) + glyphs.joints.above + piece.text.slice(at + 1);
    return [{ text, role: piece.role }];
  });
}

/** `▲ heap`: a sign in its role, then what it means. */
export const legendEntry = (sign: Piece, words: string): readonly Piece[] => [sign, muted(words)];
