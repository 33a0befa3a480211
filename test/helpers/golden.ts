import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ShownScreen, styleLetters } from './screen.js';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'golden');

/**
 * Compares a screen with test/golden/NAME-WxH.txt. `UPDATE_GOLDEN=1` writes the file; with CI set that is refused, for
 * there a golden is a promise and not a draft.
 */
export function assertGolden(name: string, fixture: string, shown: ShownScreen): void {
  const { columns, rows } = shown.size;
  const file = join(folder, `${name}-${columns}x${rows}.txt`);
  const actual = goldenText(fixture, shown);
  if (process.env.UPDATE_GOLDEN === '1') {
    assert.ok(
      process.env.CI === undefined,
      'UPDATE_GOLDEN rewrites what CI is there to compare: unset one of them',
    );
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, actual);
    return;
  }
  assert.ok(
    existsSync(file),
    `no golden '${file}' yet: look at the screen, then run with UPDATE_GOLDEN=1\n${actual}`,
  );
  assert.equal(actual, readFileSync(file, 'utf8'));
}

/** A header that names the fixture and the size, the picture, and the picture of its roles. */
export function goldenText(fixture: string, { size, lines, styles }: ShownScreen): string {
  const legend = Object.entries(styleLetters).map(
    ([role, letter]) => `${letter === ' ' ? 'blank' : letter} ${role}`,
  );
  return [
    `# ${fixture} at ${size.columns}x${size.rows}`,
    ...lines,
    `# roles: ${legend.join(', ')}`,
    ...styles,
    '',
  ].join('\n');
}

/** Reads back what `goldenText` wrote. */
export function parseGolden(text: string): ShownScreen {
  const rows = text.split('\n');
  const [, columns, height] = (/ at (\d+)x(\d+)$/.exec(rows[0] ?? '') ?? []).map(Number);
  assert.ok(columns !== undefined && height !== undefined, `no golden: its first line is '${rows[0]}'`);
  return {
    size: { columns, rows: height },
    lines: rows.slice(1, 1 + height),
    styles: rows.slice(2 + height, 2 + 2 * height),
  };
}
