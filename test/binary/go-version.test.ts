import assert from 'node:assert/strict';
import test from 'node:test';
import { type GoVersion, parseGoVersion } from '../../src/binary/go-version.js';

const rows: readonly [text: string, expected: Omit<GoVersion, 'text'>][] = [
  ['go1.26.5', { minor: 26, patch: 5, stage: 'release', experiments: [] }],
  ['go1.16', { minor: 16, patch: 0, stage: 'release', experiments: [] }],
  ['go1.23rc1', { minor: 23, patch: 0, stage: 'candidate', experiments: [] }],
  ['go1.18beta2', { minor: 18, patch: 0, stage: 'candidate', experiments: [] }],
  ['go1.22.4 X:boringcrypto', { minor: 22, patch: 4, stage: 'release', experiments: ['boringcrypto'] }],
  [
    'go1.25.7 X:greenteagc,jsonv2',
    { minor: 25, patch: 7, stage: 'release', experiments: ['greenteagc', 'jsonv2'] },
  ],
  ['go1.26.5-X:nogreenteagc', { minor: 26, patch: 5, stage: 'release', experiments: ['nogreenteagc'] }],
  ['go1.25.7-custom', { minor: 25, patch: 7, stage: 'release', experiments: [] }],
  ['go1.19.8 (Red Hat 1.19.8-1)', { minor: 19, patch: 8, stage: 'release', experiments: [] }],
  [
    'devel go1.27-3f2a1b9c Tue Mar 3 10:00:00 2026 +0000',
    { minor: 27, patch: 0, stage: 'development', experiments: [] },
  ],
  [
    'go1.27-devel_3f2a1b9c Tue Mar 3 10:00:00 2026',
    { minor: 27, patch: 0, stage: 'development', experiments: [] },
  ],
  ['go1.25-20250209-RC00 cl/724843', { minor: 25, patch: 0, stage: 'development', experiments: [] }],
];

for (const [text, expected] of rows) {
  test(`'${text}' is parsed`, () => assert.deepEqual(parseGoVersion(text), { text, ...expected }));
}

for (const text of ['', 'devel +3f2a1b9c Tue Mar 3', 'go2.1', 'go1', 'go1.x', 'gccgo 12.2', 'go1.26.5x']) {
  test(`'${text}' is no version`, () => assert.equal(parseGoVersion(text), undefined));
}
