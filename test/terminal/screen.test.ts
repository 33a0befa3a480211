import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Size } from '../../src/model/message.js';
import type { Box, Line, Role, ScreenView } from '../../src/view/screen-view.js';
import { assertRestored } from '../helpers/pty.js';
import { fullCapabilities, openTestTerminal, type ShownScreen, showView } from '../helpers/screen.js';

const size: Size = { columns: 20, rows: 4 };

test('every character and every role appears in its cell', async () => {
  const shown = await showView(
    screenOf(
      [
        ['─ 1 ', 'muted'],
        ['Heap', 'focus'],
        [' ⣿⡇', 'heap'],
        ['┃', 'stop'],
      ],
      [
        ['plain ', 'text'],
        ['mark', 'gc'],
        [' goal', 'limit'],
        [' lost', 'bad'],
      ],
    ),
  );
  assert.deepEqual(shown.lines, ['─ 1 Heap ⣿⡇┃', 'plain mark goal lost', '', '']);
  assert.deepEqual(shown.styles, ['mmmmFFFFhhhs', '      gggglllllBBBBB', '', '']);
});

test('a box ends at its edge, a short line is filled, and a later box covers an earlier one', async () => {
  const below = box('below', { x: 0, y: 0, width: 20, height: 4 }, [
    [{ text: 'x'.repeat(30), role: 'muted' }],
  ]);
  const above = box('above', { x: 5, y: 0, width: 6, height: 2 }, [[{ text: 'over', role: 'text' }]]);
  const shown = await showView({ size, boxes: [below, above], hits: [] });
  assert.deepEqual(shown.lines, ['xxxxxover  xxxxxxxxx', '', '', '']);
});

test('what reaches beyond the screen is left out', async () => {
  const outside = box('outside', { x: 18, y: 3, width: 10, height: 5 }, [text('abcdef'), text('ghi')]);
  assert.deepEqual((await showView({ size, boxes: [outside], hits: [] })).lines[3], `${' '.repeat(18)}ab`);
});

test('text from outside stays text: neither tags nor escape sequences have a meaning', async () => {
  const shown = await showView(screenOf([['{bold}x{/} \x1b[31mred\x9b1m', 'text']]));
  assert.deepEqual(shown.lines[0], '{bold}x{/} ?[31mred?');
  assert.deepEqual(shown.styles[0], '');
});

test('without UTF-8 no byte beyond ASCII is sent', async () => {
  const terminal = openTestTerminal(size, { ...fullCapabilities, glyphs: 'ascii' });
  terminal.terminal.paint(screenOf([['naïve ⣿ pod', 'text']]));
  const shown = await terminal.shown();
  assert.match(shown.lines[0] ?? '', /^na.ve . pod$/);
  assert.equal(Buffer.byteLength(terminal.bytes()), terminal.bytes().length);
  await terminal.terminal.close();
});

test('without colour no colour is sent', async () => {
  const terminal = openTestTerminal(size, { ...fullCapabilities, colors: 'mono' });
  terminal.terminal.paint(screenOf([['heap', 'heap']], [['stop', 'stop']], [['bad', 'bad']]));
  await terminal.shown();
  assert.deepEqual(
    new Set(visible(terminal.bytes()).match(/ESC\[[\d;]*m/g)),
    new Set(['ESC[m', 'ESC[1m', 'ESC[1;7m']),
  );
  await terminal.terminal.close();
});

test('nothing is written when nothing has changed, and little when little has', async () => {
  const { terminal, bytes, shown } = openTestTerminal({ columns: 160, rows: 48 });
  const full = (counter: string) =>
    Array.from({ length: 48 }, (_, y): Line => text(`${y === 7 ? counter : 'row'} ${'.'.repeat(150)}`));
  const view = (counter: string): ScreenView => ({
    size: { columns: 160, rows: 48 },
    boxes: [box('all', { x: 0, y: 0, width: 160, height: 48 }, full(counter))],
    hits: [],
  });
  terminal.paint(view('111'));
  await shown();
  const before = bytes().length;
  terminal.paint(view('111'));
  assert.equal(bytes().length, before);
  terminal.paint(view('121'));
  assert.ok(bytes().length - before < 50, bytes().slice(before));
  assert.match((await shown()).lines[7] ?? '', /^121 /);
  await terminal.close();
});

test('close gives back the alternate screen, the cursor and every mouse mode, once', async () => {
  const { terminal, bytes, emulator } = openTestTerminal(size);
  assert.equal(emulator.modes.mouseTrackingMode, 'none');
  terminal.paint(screenOf([['x', 'text']]));
  const closed = terminal.close();
  const after = bytes();
  await closed;
  await terminal.close();
  terminal.paint(screenOf([['y', 'text']]));
  assert.equal(bytes(), after);
  assertRestored(after);
});

test('the mouse is asked for presses in decimal and for nothing else', async () => {
  const { terminal, bytes } = openTestTerminal(size);
  assert.deepEqual(visible(bytes()).match(/\?10\d\dh/g), ['?1049h', '?1000h', '?1006h']);
  await terminal.close();
  const quiet = openTestTerminal(size, { ...fullCapabilities, mouse: false });
  assert.deepEqual(visible(quiet.bytes()).match(/\?10\d\dh/g), ['?1049h']);
  await quiet.terminal.close();
});

test('no listener and no handler of the process is left behind', async () => {
  const events = ['exit', 'uncaughtException', 'SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGHUP', 'SIGWINCH'] as const;
  const count = () => events.map((event) => process.listenerCount(event));
  const before = count();
  const { terminal } = openTestTerminal(size);
  assert.deepEqual(
    count()
      .map((now, index) => now - (before[index] ?? 0))
      .slice(1),
    [0, 0, 0, 0, 0, 0],
  );
  await terminal.close();
  assert.deepEqual(count(), before);
});

test('a stalled terminal skips frames, then shows the newest and nothing between', async () => {
  const { terminal, stall, bytes, shown } = openTestTerminal(size);
  const goOn = stall();
  for (const text of ['first', 'second', 'third', 'newest']) terminal.paint(screenOf([[text, 'text']]));
  goOn();
  assert.equal((await settled(shown, (screen) => screen.lines[0] === 'newest')).lines[0], 'newest');
  assert.match(bytes(), /first/);
  assert.doesNotMatch(bytes(), /second|third/);
  await terminal.close();
});

test('a terminal that takes nothing does not keep close waiting', async () => {
  const { terminal, stall } = openTestTerminal(size);
  stall();
  terminal.paint(screenOf([['x', 'text']]));
  await terminal.close();
});

test('a resize is told, and the next picture begins on an empty screen', async () => {
  const { terminal, events, resize, shown } = openTestTerminal(size);
  terminal.paint(screenOf([['before', 'text']], [['before', 'text']]));
  resize({ columns: 30, rows: 2 });
  assert.deepEqual(events, [{ type: 'resize', size: { columns: 30, rows: 2 } }]);
  assert.deepEqual(terminal.size, { columns: 30, rows: 2 });
  const wide = box('all', { x: 0, y: 0, width: 30, height: 2 }, [text('after, and wider than before')]);
  terminal.paint({ size: terminal.size, boxes: [wide], hits: [] });
  assert.deepEqual((await shown()).lines, ['after, and wider than before', '']);
  await terminal.close();
});

test('redraw sends every cell again', async () => {
  const { terminal, emulator, shown } = openTestTerminal(size);
  terminal.paint(screenOf([['picture', 'heap']]));
  await shown();
  emulator.write('\x1b[Hnoise from elsewhere');
  terminal.redraw();
  assert.deepEqual((await shown()).lines, ['picture', '', '', '']);
  await terminal.close();
});

test('keys come with their names, each once', async () => {
  const { terminal, type, events } = openTestTerminal(size);
  type('g?1 \t\x1b[Z\r\n\x03\x1b[A\x1b[6~\x1b[HG+\x7f\x1b');
  const names = await settledEvents(events, 16);
  assert.deepEqual(
    names.map((event) => (event.type === 'key' ? event.key : event)),
    [
      'g',
      '?',
      '1',
      'space',
      'tab',
      'S-tab',
      'enter',
      'enter',
      'C-c',
      'up',
      'pagedown',
      'home',
      'S-g',
      '+',
      'backspace',
      'escape',
    ],
  );
  await terminal.close();
});

test('a press on an area is its action, also beyond column 223 and amid keys', async () => {
  const wide: Size = { columns: 300, rows: 4 };
  const { terminal, type, events } = openTestTerminal(wide);
  terminal.paint({
    size: wide,
    boxes: [],
    hits: [
      { rect: { x: 240, y: 1, width: 20, height: 1 }, action: { type: 'help' } },
      { rect: { x: 250, y: 1, width: 5, height: 1 }, action: { type: 'freeze' } },
    ],
  });
  type('a\x1b[<0;242;2M\x1b[<0;242;2m\x1b[<0;252;2Mb\x1b[<0;1;1M\x1b[<2;242;2M\x1b[<64;242;2Mc');
  assert.deepEqual(await settledEvents(events, 5), [
    { type: 'key', key: 'a' },
    { type: 'action', action: { type: 'help' } },
    { type: 'action', action: { type: 'freeze' } },
    { type: 'key', key: 'b' },
    { type: 'key', key: 'c' },
  ]);
  await terminal.close();
});

test('the end of its input means that the terminal is lost', async () => {
  const { terminal, events, hangUp } = openTestTerminal(size);
  hangUp();
  assert.deepEqual(await settledEvents(events, 1), [{ type: 'lost' }]);
  await terminal.close();
});

const visible = (bytes: string) => bytes.replaceAll('\x1b', 'ESC');

const text = (content: string): Line => [{ text: content, role: 'text' }];

const box = (id: string, rect: Box['rect'], lines: readonly Line[]): Box => ({
  id,
  rect,
  lines: Array.from({ length: rect.height }, (_, y) => lines[y] ?? []),
});

function screenOf(...lines: readonly (readonly (readonly [string, Role])[])[]): ScreenView {
  const spans = lines.map((line) => line.map(([content, role]) => ({ text: content, role })));
  return {
    size,
    boxes: [box('all', { x: 0, y: 0, width: size.columns, height: size.rows }, spans)],
    hits: [],
  };
}

/** Streams hand on what they got in later turns of the event loop. */
async function settled(
  shown: () => Promise<ShownScreen>,
  wanted: (screen: ShownScreen) => boolean,
): Promise<ShownScreen> {
  for (let turn = 0; turn < 100; turn++) {
    const screen = await shown();
    if (wanted(screen)) return screen;
    await new Promise(setImmediate);
  }
  return shown();
}

async function settledEvents<T>(events: readonly T[], count: number): Promise<readonly T[]> {
  for (let turn = 0; turn < 100 && events.length < count; turn++) await new Promise(setImmediate);
  return events;
}
