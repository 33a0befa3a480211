import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GctopError } from '../../src/error.js';
import { type DisplayOptions, detectCapabilities } from '../../src/terminal/capabilities.js';

type Env = Readonly<Record<string, string>>;

const detect = (env: Env, options?: DisplayOptions) =>
  detectCapabilities({ env, stdinIsTTY: true, stdoutIsTTY: true }, options);

const colorRows: readonly [Env, DisplayOptions['color'], ReturnType<typeof detect>['colors']][] = [
  [{ TERM: 'xterm-256color' }, 'auto', 256],
  [{ TERM: 'screen-256color' }, 'auto', 256],
  [{ TERM: 'tmux-256color' }, 'auto', 256],
  [{ TERM: 'xterm-kitty' }, 'auto', 256],
  [{ TERM: 'xterm-ghostty' }, 'auto', 256],
  [{ TERM: 'alacritty' }, 'auto', 256],
  [{ TERM: 'xterm-direct' }, 'auto', 256],
  [{ TERM: 'xterm', COLORTERM: 'truecolor' }, 'auto', 256],
  [{ TERM: 'xterm' }, 'auto', 16],
  [{ TERM: 'screen' }, 'auto', 16],
  [{ TERM: 'linux' }, 'auto', 8],
  [{ TERM: 'linux', COLORTERM: 'truecolor' }, 'auto', 8],
  [{ TERM: 'never-heard-of' }, 'auto', 8],
  [{ TERM: 'vt100' }, 'auto', 'mono'],
  [{ TERM: 'XTERM-256COLOR' }, 'auto', 256],
  [{ TERM: 'xterm-256color', NO_COLOR: '1' }, 'auto', 'mono'],
  [{ TERM: 'xterm-256color', NO_COLOR: '' }, 'auto', 256],
  [{ TERM: 'xterm-256color', NO_COLOR: '1' }, 'always', 256],
  [{ TERM: 'xterm-256color', NO_COLOR: '1', FORCE_COLOR: '3' }, 'auto', 'mono'],
  [{ TERM: 'xterm-256color' }, 'never', 'mono'],
  [{ TERM: 'vt100' }, 'always', 16],
  [{ TERM: 'vt100', FORCE_COLOR: '1' }, 'auto', 16],
  [{ TERM: 'vt100', FORCE_COLOR: '2' }, 'auto', 256],
  [{ TERM: 'xterm', FORCE_COLOR: '0' }, 'auto', 'mono'],
  [{ TERM: 'vt100', CLICOLOR_FORCE: '1' }, 'auto', 16],
  [{ TERM: 'vt100', CLICOLOR_FORCE: '0' }, 'auto', 'mono'],
];

for (const [env, color, expected] of colorRows) {
  test(`${describe(env)} with --color ${color} has ${expected} colours`, () => {
    assert.equal(detect(env, color === undefined ? {} : { color }).colors, expected);
  });
}

const glyphRows: readonly [Env, ReturnType<typeof detect>['glyphs']][] = [
  [{ TERM: 'xterm', LANG: 'en_US.UTF-8' }, 'braille'],
  [{ TERM: 'xterm', LANG: 'C.utf8' }, 'braille'],
  [{ TERM: 'xterm', LANG: 'C' }, 'ascii'],
  [{ TERM: 'xterm' }, 'ascii'],
  [{ TERM: 'xterm', LANG: 'de_DE.ISO-8859-1' }, 'ascii'],
  [{ TERM: 'xterm', LANG: 'C', LC_CTYPE: 'C.UTF-8' }, 'braille'],
  [{ TERM: 'xterm', LANG: 'C.UTF-8', LC_ALL: 'C' }, 'ascii'],
  [{ TERM: 'xterm', LANG: 'C.UTF-8', LC_ALL: '' }, 'braille'],
  [{ TERM: 'linux', LANG: 'C.UTF-8' }, 'block'],
  [{ TERM: 'vt100', LANG: 'C.UTF-8' }, 'ascii'],
];

for (const [env, expected] of glyphRows) {
  test(`${describe(env)} is drawn with ${expected} glyphs`, () => assert.equal(detect(env).glyphs, expected));
}

test('--ascii wins over a locale that has more', () => {
  assert.equal(detect({ TERM: 'xterm', LANG: 'C.UTF-8' }, { ascii: true }).glyphs, 'ascii');
});

const backgroundRows: readonly [string | undefined, 'dark' | 'light'][] = [
  [undefined, 'dark'],
  ['15;0', 'dark'],
  ['0;15', 'light'],
  ['0;default;15', 'light'],
  ['0;7', 'light'],
  ['7;8', 'dark'],
  ['default;default', 'dark'],
];

for (const [colorFgBg, expected] of backgroundRows) {
  test(`COLORFGBG=${colorFgBg} is a ${expected} background`, () => {
    const env: Env = colorFgBg === undefined ? { TERM: 'rxvt' } : { TERM: 'rxvt', COLORFGBG: colorFgBg };
    assert.equal(detect(env).background, expected);
  });
}

test('the mouse is on unless the user or a console says no', () => {
  assert.equal(detect({ TERM: 'xterm' }).mouse, true);
  assert.equal(detect({ TERM: 'xterm' }, { mouse: false }).mouse, false);
  assert.equal(detect({ TERM: 'linux' }).mouse, false);
});

const refusals: readonly [Env, { readonly stdinIsTTY: boolean; readonly stdoutIsTTY: boolean }, RegExp][] = [
  [{ TERM: 'xterm' }, { stdinIsTTY: true, stdoutIsTTY: false }, /^stdout is not a terminal/],
  [{ TERM: 'xterm' }, { stdinIsTTY: false, stdoutIsTTY: true }, /^stdin is not a terminal/],
  [{ TERM: 'dumb' }, { stdinIsTTY: true, stdoutIsTTY: true }, /'dumb'/],
  [{}, { stdinIsTTY: true, stdoutIsTTY: true }, /^TERM is not set/],
];

for (const [env, streams, message] of refusals) {
  test(`${describe(env)} with ${JSON.stringify(streams)} is refused with a hint at --json`, () => {
    assert.throws(
      () => detectCapabilities({ env, ...streams }),
      (error: unknown) =>
        error instanceof GctopError &&
        error.code === 'NO_TERMINAL' &&
        message.test(error.message) &&
        /--json/.test(error.hint ?? ''),
    );
  });
}

function describe(env: Env): string {
  return Object.entries(env)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}
