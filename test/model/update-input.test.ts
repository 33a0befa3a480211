import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Command } from '../../src/model/command.js';
import { actionFor, footerBindings, keyTable } from '../../src/model/keymap.js';
import { overviewPanes } from '../../src/model/layout.js';
import type { Model } from '../../src/model/model.js';
import { update } from '../../src/model/update.js';
import { say, seconds, watchingModel } from '../helpers/model.js';

const withTraffic = () => watchingModel({ trafficAddress: 'http://127.0.0.1:8080' });

/** Presses keys one after the other, `12` as two of them; answers with the last one's commands. */
function press(model: Model, ...keys: readonly string[]): readonly Command[] {
  return keys.reduce<readonly Command[]>((_, key) => update(model, { type: 'key', key }), []);
}

const footer = (model: Model) => footerBindings(model).map(({ label, short }) => `${label} ${short}`);

test('quit, interrupt and redraw are commands', () => {
  const model = watchingModel();
  assert.deepEqual(press(model, 'q'), [{ type: 'quit' }]);
  assert.deepEqual(press(model, 'C-c'), [{ type: 'interrupt' }]);
  assert.deepEqual(press(model, 'C-l'), [{ type: 'redraw' }]);
  assert.deepEqual(press(model, 'x'), []);
});

for (const key of ['?', 'h', 'f1']) {
  test(`${key} opens the help and closes it`, () => {
    const model = watchingModel();
    press(model, key);
    assert.equal(model.screen.help, true);
    press(model, key);
    assert.equal(model.screen.help, false);
  });
}

test('a digit zooms its pane, another one changes it, the same one and 0 give back', () => {
  const model = watchingModel();
  const zooms = ['1', '5', '5', '7', '0'].map((key) => {
    press(model, key);
    return model.screen.zoom;
  });
  assert.deepEqual(zooms, ['heap', 'events', undefined, 'traffic', undefined]);
});

test('space freezes at this instant and goes on, End goes live', () => {
  const model = watchingModel();
  update(model, { type: 'tick', nowNs: seconds(4) });
  press(model, 'space');
  assert.equal(model.screen.frozenAtNs, seconds(4));
  press(model, 'space');
  assert.equal(model.screen.frozenAtNs, undefined);
  press(model, 'space', 'end');
  assert.equal(model.screen.frozenAtNs, undefined);
  assert.equal(actionFor(model, 'end'), undefined, 'it is live');
});

test('tab goes through the panes on screen in the order of their digits, then to none', () => {
  const model = watchingModel({ size: { columns: 80, rows: 24 } });
  const focuses = Array.from({ length: 6 }, () => {
    press(model, 'tab');
    return model.screen.focus;
  });
  assert.deepEqual(focuses, ['heap', 'pauses', 'phases', 'events', 'traffic', undefined]);
  press(model, 'S-tab');
  assert.equal(model.screen.focus, 'traffic');
  press(model, 'S-tab');
  assert.equal(model.screen.focus, 'events');
});

test('esc closes what is in front: help, then editing, then focus, then zoom', () => {
  const model = withTraffic();
  press(model, '7');
  model.screen.focus = 'traffic';
  press(model, 'e', '5');
  update(model, { type: 'action', action: { type: 'help' } });
  const { screen } = model;
  const states = Array.from({ length: 5 }, () => {
    press(model, 'escape');
    return [screen.help, screen.editing !== undefined, screen.focus, screen.zoom];
  });
  assert.deepEqual(states, [
    [false, true, 'traffic', 'traffic'],
    [false, false, 'traffic', 'traffic'],
    [false, false, undefined, 'traffic'],
    [false, false, undefined, undefined],
    [false, false, undefined, undefined],
  ]);
  assert.equal(model.traffic.arrayLength, 1_000, 'what was typed is forgotten');
});

test('traffic keys send what is set, also when the screen is frozen', () => {
  const model = withTraffic();
  press(model, 'space');
  const request = { arrayLength: 1_000, bytesPerElement: 8_192 };
  for (const button of ['g', 'a', 'c', 'b'] as const) {
    assert.deepEqual(press(model, button), [{ type: 'send-traffic', button, request }]);
  }
});

test('without an address, in a replay and after the end there is no traffic, by key or by mouse', () => {
  const trafficAddress = 'http://127.0.0.1:8080';
  const ended = withTraffic();
  say(ended, { atNs: seconds(1), type: 'closed', reason: 'target-exited' });
  const replay = watchingModel({ trafficAddress, state: { kind: 'replay', speed: 1, lengthNs: seconds(1) } });
  for (const model of [watchingModel(), replay, ended]) {
    assert.deepEqual(press(model, 'g'), []);
    const action = { type: 'traffic', button: 'g' } as const;
    assert.deepEqual(update(model, { type: 'action', action }), []);
    press(model, 'e');
    assert.equal(model.screen.editing, undefined);
    assert.ok(!footer(model).some((pair) => pair.endsWith('traffic')));
  }
});

test('editing goes from length to bytes to rate, each accepted on the way', () => {
  const model = withTraffic();
  press(model, 'e', '5', '0', '0', 'tab');
  assert.deepEqual(model.screen.editing, { field: 'bytes', text: '' });
  press(model, '1', '6', 'enter');
  assert.deepEqual(model.screen.editing, { field: 'rate', text: '' });
  const commands = press(model, '2', '.', '5', 'enter');
  assert.equal(model.screen.editing, undefined);
  const request = { arrayLength: 500, bytesPerElement: 16 };
  assert.deepEqual(commands, [{ type: 'set-traffic-rate', perSecond: 2.5, request }]);
  const { arrayLength, bytesPerElement, ratePerSecond } = model.traffic;
  assert.deepEqual([arrayLength, bytesPerElement, ratePerSecond], [500, 16, 2.5]);
});

test('enter edits only where Traffic is in front', () => {
  const model = withTraffic();
  press(model, 'enter');
  const editing = () => model.screen.editing?.field;
  assert.equal(editing(), undefined);
  press(model, '7', 'enter');
  assert.equal(editing(), 'length');
});

test('a press of the mouse edits the field it meets', () => {
  const model = withTraffic();
  update(model, { type: 'action', action: { type: 'edit', field: 'rate' } });
  assert.deepEqual(model.screen.editing, { field: 'rate', text: '' });
});

test('while editing digits type and do not zoom, backspace erases, letters still send', () => {
  const model = withTraffic();
  press(model, 'e', '1', '2', '3', 'backspace', '.');
  assert.deepEqual(model.screen.editing, { field: 'length', text: '12' });
  assert.equal(model.screen.zoom, undefined);
  assert.equal(press(model, 'a').length, 1);
});

test('a rate has three digits and one decimal, other figures seven digits', () => {
  const model = withTraffic();
  press(model, 'e', ...'123456789', 'escape');
  update(model, { type: 'action', action: { type: 'edit', field: 'rate' } });
  press(model, '.', ...'12.34.5');
  assert.equal(model.screen.editing?.text, '12.3');
});

test('an empty field keeps what is set and asks for nothing', () => {
  const model = withTraffic();
  assert.deepEqual(press(model, 'e', 'enter', 'enter', 'enter'), []);
  assert.deepEqual([model.traffic.arrayLength, model.traffic.ratePerSecond], [1_000, 0]);
});

test('a figure out of bounds becomes the nearest that is allowed, and the footer says so', () => {
  const model = withTraffic();
  press(model, 'e', ...'900000', 'enter');
  assert.equal(model.traffic.arrayLength, 4_096, '32 MiB in elements of 8 KiB');
  assert.equal(model.screen.toast?.text, "'900000' is out of bounds: 1 to 4096 here");
  press(model, '0', 'enter', ...'999', 'enter');
  assert.deepEqual([model.traffic.bytesPerElement, model.traffic.ratePerSecond], [1, 200]);
});

test('another size goes into steady traffic at once', () => {
  const model = withTraffic();
  model.traffic.ratePerSecond = 5;
  const request = { arrayLength: 7, bytesPerElement: 8_192 };
  assert.deepEqual(press(model, 'e', '7', 'enter'), [{ type: 'set-traffic-rate', perSecond: 5, request }]);
});

test('the footer offers only what does something now', () => {
  const model = watchingModel();
  assert.deepEqual(footer(model), ['? help', 'q quit', 'space freeze', '1-7 zoom', 'tab focus']);
  press(model, 'space', '1');
  assert.deepEqual(footer(model), ['? help', 'q quit', 'esc back', 'End live', 'space go on', '1-7 zoom']);
  press(model, '?');
  assert.deepEqual(footer(model), ['? or esc close', 'q quit']);
});

test('with traffic the footer offers it, and the keys of a field that is edited', () => {
  const model = withTraffic();
  assert.deepEqual(footer(model).slice(-2), ['g a c b traffic', 'e edit']);
  press(model, 'e');
  assert.deepEqual(footer(model), ['tab next', 'enter accept', 'esc cancel', 'backspace erase', 'q quit']);
});

test('help lists every binding with words, and no key means two things at once', () => {
  for (const { label, help } of keyTable) assert.ok(label !== '' && help !== '');
  for (const mode of ['screen', 'editing', 'help'] as const) {
    const keys = keyTable
      .filter(({ modes }) => modes.includes(mode))
      .flatMap((binding) => binding.keys)
      .filter((key) => key !== 'enter'); // it acts on what is in front
    assert.deepEqual(keys.length, new Set(keys).size, mode);
  }
});

test('enter means one thing at a time', () => {
  const model = watchingModel({ trafficAddress: 'http://127.0.0.1:8080', mayPickAnother: true });
  const meanings = () =>
    keyTable.filter(
      ({ keys, modes, available }) => keys.includes('enter') && modes.includes('screen') && available(model),
    ).length;
  assert.equal(meanings(), 0);
  press(model, '7');
  assert.equal(meanings(), 1);
  say(model, { atNs: seconds(1), type: 'closed', reason: 'target-exited' });
  assert.equal(meanings(), 1);
});

test('what the footer and help offer is what the key does', () => {
  const model = withTraffic();
  for (const binding of keyTable) {
    for (const key of binding.keys) {
      if (!binding.modes.includes('screen') || !binding.available(model)) continue;
      assert.deepEqual(actionFor(model, key), binding.actionOf?.(key) ?? binding.action);
    }
  }
});

test('the focus goes only where the overview has a pane', () => {
  const panes = (columns: number, rows: number) => overviewPanes({ columns, rows }).length;
  assert.deepEqual(
    [panes(160, 48), panes(120, 33), panes(100, 42), panes(80, 24), panes(79, 24)],
    [7, 5, 6, 5, 0],
  );
});

test('once the target has gone enter asks for another one, where that may be', () => {
  const end = (model: Model) => say(model, { atNs: seconds(1), type: 'closed', reason: 'target-exited' });
  const model = watchingModel({ mayPickAnother: true });
  assert.deepEqual(press(model, 'enter'), []);
  end(model);
  assert.deepEqual(press(model, 'enter'), [{ type: 'pick-another' }]);
  assert.ok(footer(model).includes('enter another'));
  const recorded = watchingModel();
  end(recorded);
  assert.deepEqual(press(recorded, 'enter'), []);
});
