import { unreachable } from '../../error.js';
import { choose, notice, takeLine } from './choose.js';
import { pickerActionFor } from './keys.js';
import { moveSelection, nextList, settle } from './move.js';
import {
  type PickerAction,
  type PickerCommand,
  type PickerModel,
  type PickerMsg,
  sortOrders,
} from './picker.js';
import { isSameRow } from './rows.js';

/** The only writer of the picker's model. */
export function updatePicker(model: PickerModel, msg: PickerMsg): readonly PickerCommand[] {
  const commands = happen(model, msg);
  settle(model);
  return commands;
}

function happen(model: PickerModel, msg: PickerMsg): readonly PickerCommand[] {
  switch (msg.type) {
    case 'key': {
      const action = pickerActionFor(model, msg.key);
      return action === undefined ? [] : act(model, action);
    }
    case 'action':
      return act(model, msg.action);
    case 'resize':
      model.size = msg.size;
      return [];
    case 'refused':
      return notice(model, msg.why);
    case 'tick':
      model.nowUnixMs = msg.nowUnixMs;
      if (model.notice !== undefined && model.notice.untilUnixMs <= msg.nowUnixMs) model.notice = undefined;
      return [];
    case 'processes':
      model.processes = msg.processes;
      return [];
    case 'pods':
      model.pods = msg.pods;
      return [];
    case 'recordings':
      model.recordings = msg.recordings;
      return [];
    default:
      return unreachable(msg);
  }
}

function act(model: PickerModel, action: PickerAction): readonly PickerCommand[] {
  switch (action.type) {
    case 'quit':
    case 'interrupt':
    case 'redraw':
    case 'look-again':
      return [{ type: action.type }];
    case 'watch':
      return choose(model);
    case 'demo':
      return [{ type: 'watch', choice: { type: 'demo' } }];
    case 'accept':
      return takeLine(model);
    case 'select':
      if (isSameRow(model.selected, action.row)) return choose(model);
      model.selected = action.row;
      model.hasMoved = true;
      break;
    case 'move':
      moveSelection(model, action.by);
      break;
    case 'next-list':
      nextList(model, 1);
      break;
    case 'previous-list':
      nextList(model, -1);
      break;
    case 'next-sort':
      model.sort = { by: nextSort(model), reversed: false };
      break;
    case 'reverse':
      model.sort = { ...model.sort, reversed: !model.sort.reversed };
      break;
    case 'sort':
      model.sort = { by: action.by, reversed: model.sort.by === action.by && !model.sort.reversed };
      break;
    case 'help':
      model.help = !model.help;
      break;
    case 'back':
      goBack(model);
      break;
    case 'ask':
      model.field = { name: action.field, text: action.field === 'filter' ? model.filter : '' };
      break;
    case 'keep':
      model.field = undefined;
      break;
    case 'type':
    case 'erase':
    case 'erase-all':
      setText(model, editedText(model.field?.text ?? '', action));
      break;
    default:
      return unreachable(action);
  }
  return [];
}

function editedText(text: string, action: PickerAction): string {
  if (action.type === 'type') return text + action.text;
  return action.type === 'erase' ? [...text].slice(0, -1).join('') : '';
}

function nextSort({ sort }: PickerModel) {
  return sortOrders[(sortOrders.indexOf(sort.by) + 1) % sortOrders.length] ?? 'gc';
}

/** What is in front goes first. */
function goBack(model: PickerModel): void {
  if (model.help) model.help = false;
  else if (model.field !== undefined && model.field.name !== 'filter') model.field = undefined;
  else {
    model.field = undefined;
    model.filter = '';
  }
}

/** Longer than any path or command that is typed by hand, and a bound for what is pasted. */
const longestText = 2_000;

function setText(model: PickerModel, text: string): void {
  if (model.field === undefined) return;
  if (text.length > longestText)
    notice(model, 'that is too long to be typed here: give it to gctop in the shell');
  else {
    model.field = { ...model.field, text };
    if (model.field.name !== 'filter') return;
    model.filter = text;
    model.selectedIndex = 0; // where the selected row is filtered out, the first one takes its place
  }
}
