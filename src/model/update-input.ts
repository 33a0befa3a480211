import { unreachable } from '../error.js';
import type { Action, PaneId } from './action.js';
import { canRestartForward, canRetry, canSend, canSetProbes } from './can.js';
import { overviewLayout } from './coming-up.js';
import type { Command } from './command.js';
import { acceptField, eraseDigit, startEditing, trafficShape, typeDigit } from './editing.js';
import { actionFor } from './keymap.js';
import { panesOf } from './layout.js';
import type { Model } from './model.js';
import { otherProbeSet } from './probe-set.js';
import { stillOf } from './still.js';
import { shownAtNs } from './visible-end.js';

/** Does what a key stands for now. */
export function updateKey(model: Model, key: string): readonly Command[] {
  const action = actionFor(model, key);
  return action === undefined ? [] : updateAction(model, action);
}

/** Does what a key or a press of the mouse stands for. */
export function updateAction(model: Model, action: Action): readonly Command[] {
  const { screen } = model;
  switch (action.type) {
    case 'quit':
    case 'interrupt':
    case 'redraw':
    case 'pick-another':
      return [{ type: action.type }];
    case 'retry':
      return canRetry(model) ? [{ type: 'control-source', control: { type: 'retry' } }] : [];
    case 'restart-forward':
      return canRestartForward(model) ? [{ type: 'restart-forward' }] : [];
    case 'probes':
      return setProbes(model);
    case 'traffic':
      return sendTraffic(model, action);
    case 'next-field':
    case 'accept':
      return acceptField(model);
    case 'help':
      screen.help = !screen.help;
      break;
    case 'back':
      goBack(model);
      break;
    case 'freeze':
      if (model.screen.frozenAtNs === undefined) freeze(model);
      else goLive(model);
      break;
    case 'live':
      goLive(model);
      break;
    case 'zoom':
      zoom(model, screen.zoom === action.pane ? undefined : action.pane);
      break;
    case 'unzoom':
      zoom(model, undefined);
      break;
    case 'focus-next':
      moveFocus(model, 1);
      break;
    case 'focus-previous':
      moveFocus(model, -1);
      break;
    case 'edit':
      if (canSend(model)) startEditing(model, action.field);
      break;
    case 'erase':
      eraseDigit(model);
      break;
    case 'digit':
      typeDigit(model, action.digit);
      break;
    default:
      return unreachable(action);
  }
  return [];
}

/** A smaller screen may have lost the pane that had the focus. */
export function keepFocusOnScreen(model: Model): void {
  const { screen } = model;
  if (screen.focus !== undefined && !panesOf(overviewLayout(model)).includes(screen.focus))
    screen.focus = undefined;
}

function setProbes(model: Model): readonly Command[] {
  if (!canSetProbes(model)) return [];
  const set = otherProbeSet(model);
  model.askedProbes = set;
  return [{ type: 'control-source', control: { type: 'probes', set } }];
}

function sendTraffic(model: Model, { button }: Action & { readonly type: 'traffic' }): readonly Command[] {
  if (!canSend(model)) return [];
  return [{ type: 'send-traffic', button, request: trafficShape(model.traffic) }];
}

function freeze(model: Model): void {
  model.screen.frozenAtNs = shownAtNs(model);
  model.still = stillOf(model);
}

function goLive(model: Model): void {
  model.screen.frozenAtNs = undefined;
  model.still = undefined;
}

/** What is in front goes first. */
function goBack({ screen }: Model): void {
  if (screen.help) screen.help = false;
  else if (screen.editing !== undefined) screen.editing = undefined;
  else if (screen.focus !== undefined) screen.focus = undefined;
  else screen.zoom = undefined;
}

function zoom({ screen }: Model, pane: PaneId | undefined): void {
  screen.zoom = pane;
  screen.focus = undefined;
}

function moveFocus(model: Model, step: 1 | -1): void {
  const { screen } = model;
  const panes = panesOf(overviewLayout(model));
  const first = step === 1 ? 0 : panes.length - 1;
  const next = screen.focus === undefined ? first : panes.indexOf(screen.focus) + step;
  // Past the last pane nothing has the focus, so that the arrows mean time again.
  screen.focus = panes[next];
}
