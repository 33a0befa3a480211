import type { PickerCommand, PickerModel } from './picker.js';
import { commandWords } from './words.js';

const noticeMs = 8_000;

/** Tells for a while why something is not done. */
export function notice(model: PickerModel, text: string): readonly PickerCommand[] {
  model.notice = { text, untilUnixMs: model.nowUnixMs + noticeMs };
  return [];
}

/** Watches the selected row, or says why it cannot be watched. */
export function choose(model: PickerModel): readonly PickerCommand[] {
  const { selected, processes } = model;
  if (selected === undefined) return [];
  switch (selected.list) {
    case 'pods':
      return [{ type: 'watch', choice: { type: 'pod', pod: selected.id } }];
    case 'recordings':
      return [{ type: 'watch', choice: { type: 'recording', file: selected.id } }];
    case 'processes': {
      const row = processes?.processes.find(({ pid }) => String(pid) === selected.id);
      if (row === undefined) return [];
      const { access, pid } = row;
      const cannot = access.kind === 'rights' || access.kind === 'refused';
      return cannot ? notice(model, access.why) : [{ type: 'watch', choice: { type: 'process', pid } }];
    }
  }
}

/** Does what was typed. */
export function takeLine(model: PickerModel): readonly PickerCommand[] {
  const { field } = model;
  const text = field?.text.trim() ?? '';
  if (field === undefined || text === '') return [];
  if (field.name === 'gctrace') {
    if (text === '-')
      return notice(model, 'stdin is this terminal: name a file, or gctop --gctrace - in a pipe');
    return [{ type: 'watch', choice: { type: 'gctrace', file: text } }];
  }
  const words = commandWords(text);
  if (words === undefined) return notice(model, 'a quote is not closed');
  return [{ type: 'watch', choice: { type: 'command', words } }];
}
