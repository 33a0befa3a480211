import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf } from '../../src/binary/byte-source.js';
import { inspectGoProgram } from '../../src/binary/go-program.js';
import { possibleLayouts } from '../../src/binary/layouts.js';
import { ascii, elfImage } from '../helpers/elf-image.js';
import { type GoImage, goImage, goImageGlobals, goImageText } from '../helpers/go-image.js';

const releases = possibleLayouts(undefined, 'x86-64');
const layoutOf = (release: string) =>
  releases.find(({ since }) => since === release)?.layout ?? assert.fail(`no layout of ${release}`);
const tableOf = (minor: number) => (minor < 18 ? 'go1.16' : minor < 20 ? 'go1.18' : 'go1.20');

const image = (options: Partial<GoImage> = {}) => goImage({ layout: layoutOf('go1.26'), ...options });
const inspect = (options: Partial<GoImage> = {}) => inspectGoProgram(bytesOf(image(options)));
const refused = (options: Partial<GoImage>, code: string, message: RegExp) =>
  assert.throws(() => inspect(options), { name: 'GctopError', code, message });

test('a program with symbols is described by its version, its globals and the place of its one probe', () => {
  const program = inspect({ symbols: true });
  assert.equal(program.goVersion, 'go1.26.5');
  assert.equal(program.layout.work.tEnd, 688);
  assert.deepEqual(program.globals, { ...goImageGlobals, gcpercent: undefined });
  const { address = 0, fileOffset = 0, before = 0, bytes } = program.cycleProbe ?? {};
  assert.equal(fileOffset, 0x1000 + address - goImageText);
  assert.equal(before, 4);
  assert.deepEqual(bytes, Uint8Array.of(0x49, 0x3b, 0x66, 0x10, 0x76, 0x20));
});

test('a stripped program is described just like the same one with symbols', () => {
  assert.deepEqual(inspect(), inspect({ symbols: true }));
});

for (const { since, minor, layout } of releases) {
  test(`the globals of a stripped program with the layout of ${since} (${releases.findIndex((r) => r.layout === layout)}) are found`, () => {
    const built = since === 'go1.25' && layout.work.heap0 !== 568 ? 'go1.25.1 X:greenteagc' : since;
    const { globals, goVersion } = inspect({ layout, table: tableOf(minor), built });
    assert.equal(goVersion, built);
    const { sweep, gcpercent, ...others } = goImageGlobals;
    assert.deepEqual(globals, {
      ...others,
      sweep: minor < 18 ? undefined : sweep,
      gcpercent: minor === 16 ? gcpercent : undefined,
    });
  });
}

test('a program is read as well without section headers, and where only one place tells the start of its code', () => {
  const whole = inspect();
  for (const without of [
    ['section headers'],
    ['text start'],
    ['moduledata'],
    ['section headers', 'text start'],
  ] as const)
    assert.deepEqual(inspect({ without }), whole, without.join());
  assert.deepEqual(inspect({ sectionNames: { table: '.renamed' } }), whole);
});

test('a program without build information tells its release by the string that the runtime keeps', () => {
  assert.equal(inspect({ built: null, stated: 'go1.26.1' }).goVersion, 'go1.26.1');
  assert.equal(inspect({ built: null, stated: 'go1.26.1' }).mainPackage, undefined);
});

test('a program that does not tell its release has the layout that its code fits', () => {
  const program = inspect({ built: null, stated: 'unknown', layout: layoutOf('go1.21') });
  assert.equal(program.goVersion, 'go1.21');
  assert.deepEqual(program.layout, layoutOf('go1.21'));
  assert.equal(inspect({ built: null, stated: 'unknown' }).goVersion, 'go1.26 or go1.27');
});

test('a development version has the layout of the release before or after it, whichever its code fits', () => {
  assert.deepEqual(inspect({ built: 'devel go1.26-3f2a1b9c' }).layout, layoutOf('go1.26'));
  assert.deepEqual(inspect({ built: 'devel go1.27-3f2a1b9c' }).layout, layoutOf('go1.26'));
  refused({ built: 'devel go1.25-3f2a1b9c' }, 'UNKNOWN_LAYOUT', /does not fit any of the layouts/);
});

test('a program is read without the probe where its function is absent', () => {
  const program = inspect({ symbols: true, lacks: ['freeStackSpans'] });
  assert.equal(program.cycleProbe, undefined);
  assert.equal(program.noCycleProbe, "the program has no function 'runtime.freeStackSpans'");
});

test('a program that is not Go is refused', () => {
  assert.throws(() => inspectGoProgram(bytesOf(elfImage({ data: new Uint8Array(16) }))), {
    code: 'NOT_GO',
    message: /no Go build information/,
  });
});

test('a packed program is refused as such', () => {
  const bytes = elfImage({ data: new Uint8Array(16) });
  bytes.set(ascii('UPX!'), 0xf0);
  assert.throws(() => inspectGoProgram(bytesOf(bytes)), { code: 'NOT_GO', message: /its file is packed/ });
});

test('a large program that has sections and is not Go is not read to its end', () => {
  const bytes = elfImage({ data: new Uint8Array(16), without: ['.go.buildinfo'] });
  let read = 0;
  const source = {
    size: bytes.length,
    read: (offset: number, length: number) => {
      read += length;
      return bytes.subarray(offset, offset + length);
    },
  };
  assert.throws(() => inspectGoProgram(source), { code: 'NOT_GO' });
  assert.ok(read < bytes.length / 2, `${read} of ${bytes.length} bytes were read`);
});

test('a program for arm64 is refused in words', () => {
  refused({ machine: 183 }, 'UNSUPPORTED_MACHINE', /'aarch64' is not supported: nothing was validated there/);
});

test('a release newer than the table is refused', () => {
  refused(
    { built: 'go1.28.1' },
    'UNKNOWN_GO_VERSION',
    /'go1.28.1' is not known; known are the releases go1.16 to go1.27/,
  );
});

test('a program with neither symbols nor a table of functions is refused', () => {
  assert.throws(() => inspectGoProgram(bytesOf(elfImage({ without: ['symbols'] }))), {
    code: 'STRIPPED',
    message: /no symbols, and it has no table of functions/,
  });
});

test('a program whose code has another layout than its release is refused, with symbols and without', () => {
  for (const symbols of [true, false])
    refused({ symbols, layout: layoutOf('go1.24') }, 'UNKNOWN_LAYOUT', /'runtime.work/);
});

test('a program in which one function of a cycle is missing is refused', () => {
  refused({ lacks: ['gcMarkTermination'] }, 'UNKNOWN_LAYOUT', /at most \d+ of 16 fields of 'runtime.work'/);
});
