import type { Action } from '../model/action.js';
import type { Rect } from '../model/layout.js';
import type { Size } from '../model/message.js';

/** What a piece of text means; the terminal room gives each role its colour (or bold and reverse without colour). */
export type Role = 'text' | 'muted' | 'focus' | 'heap' | 'gc' | 'stop' | 'limit' | 'bad';

/** Text of one role. Never holds control characters; every character is one column wide. */
export interface Span {
  readonly text: string;
  readonly role: Role;
}

/** One row of a rectangle, exactly as wide as it. */
export type Line = readonly Span[];

/** A rectangle of text: one blessed box. */
export interface Box {
  /** Stable: the box is kept between frames as long as its id stays. */
  readonly id: string;
  readonly rect: Rect;
  /** `rect.height` lines. */
  readonly lines: readonly Line[];
}

/** Cells that answer to a press of the mouse. */
export interface HitArea<Act = Action> {
  readonly rect: Rect;
  readonly action: Act;
}

/** The whole screen as values. Boxes tile the screen; an overlay lies on top, last in the list. */
export interface ScreenView<Act = Action> {
  readonly size: Size;
  readonly boxes: readonly Box[];
  readonly hits: readonly HitArea<Act>[];
}
