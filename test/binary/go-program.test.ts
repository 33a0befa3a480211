import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bytesOf } from '../../src/binary/byte-source.js';
import { inspectGoProgram } from '../../src/binary/go-program.js';
import { GctopError } from '../../src/error.js';
import { buildInfoBlob, codeAddress, dataAddress, type ElfImage, elfImage } from '../helpers/elf-image.js';

const sizes = { work: 816, memstats: 10440, gcController: 392, mheap_: 93464, sweep: 32 };
const symbols = Object.entries(sizes).map(([name, size], i) => ({
  name: `runtime.${name}`,
  address: dataAddress + 0x1000 + i * 0x20000,
  size,
}));
const cycleEnd = { name: 'runtime.freeStackSpans', address: codeAddress, size: 0x180 };
const code = Uint8Array.from([0x49, 0x3b, 0x66, 0x10, 0x0f, 0x86, 0x65, 0x01, 0x00, 0x00, 0x55]);

const inspect = (image: ElfImage) =>
  inspectGoProgram(bytesOf(elfImage({ code, symbols: [...symbols, cycleEnd], ...image })));

test('a program is described by its version, its globals and the place of its one probe', () => {
  const program = inspect({});
  assert.equal(program.goVersion, 'go1.26.5');
  assert.equal(program.layout.work.tEnd, 688);
  assert.equal(program.globals.work, dataAddress + 0x1000);
  assert.equal(program.globals.gcpercent, undefined);
  assert.deepEqual(program.cycleProbe, {
    address: codeAddress + 4,
    fileOffset: 0x1004,
    functionFileOffset: 0x1000,
    bytes: code.slice(0, 10),
  });
});

test('a program is read without the probe where its place is not certain', () => {
  const absent = inspect({ symbols });
  assert.equal(absent.cycleProbe, undefined);
  assert.equal(absent.noCycleProbe, "the program has no symbol 'runtime.freeStackSpans'");
  const unknown = inspect({ code: new Uint8Array(32) });
  assert.equal(unknown.cycleProbe, undefined);
  assert.match(unknown.noCycleProbe ?? '', /begins with instructions that are not known/);
});

const refusals: readonly { what: string; image: ElfImage; code: string; message: RegExp }[] = [
  {
    what: 'a program that is not Go',
    image: { data: new Uint8Array(16) },
    code: 'NOT_GO',
    message: /no Go build information/,
  },
  {
    what: 'a Go program without build information',
    image: { data: new Uint8Array(16), emptySections: ['.gopclntab'] },
    code: 'UNKNOWN_GO_VERSION',
    message: /does not say which Go release built it/,
  },
  {
    what: 'a program for arm64',
    image: { machine: 183 },
    code: 'UNSUPPORTED_MACHINE',
    message: /'aarch64' is not supported: nothing was validated there/,
  },
  {
    what: 'a release newer than the table',
    image: { data: buildInfoBlob('go1.28.1') },
    code: 'UNKNOWN_GO_VERSION',
    message: /'go1.28.1' is not known; known are the releases go1.16 to go1.27/,
  },
  {
    what: 'a stripped program',
    image: { without: ['symbols'] },
    code: 'STRIPPED',
    message: /stripped programs are not supported yet/,
  },
  {
    what: 'a program whose symbols were renamed',
    image: { symbols: [cycleEnd] },
    code: 'STRIPPED',
    message: /does not name 'runtime.work'/,
  },
  {
    what: 'a program with a changed runtime.work',
    image: { symbols: symbols.map((s) => (s.size === sizes.work ? { ...s, size: 896 } : s)) },
    code: 'UNKNOWN_LAYOUT',
    message: /'runtime.work' has 896 bytes, where 816 are expected of 'go1.26.5'/,
  },
  {
    what: 'a program with a small runtime.memstats',
    image: { symbols: symbols.map((s) => (s.size === sizes.memstats ? { ...s, size: 7000 } : s)) },
    code: 'UNKNOWN_LAYOUT',
    message: /'runtime.memstats' has 7000 bytes, where at least 7704 are expected/,
  },
];

for (const { what, image, code, message } of refusals) {
  test(`${what} is refused with ${code}`, () => {
    assert.throws(() => inspect(image), { name: 'GctopError', code, message });
  });
}

test('a damaged file ends in a GctopError or a program, and is read at most a few times over', () => {
  const image = elfImage({ code, symbols: [...symbols, cycleEnd] });
  const interesting = fc.oneof(
    fc.nat(0x100),
    fc.integer({ min: 0x2000, max: 0x2040 }),
    fc.integer({ min: 0x3000, max: 0x3fff }),
  );
  const damage = fc.array(fc.tuple(interesting, fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)), { maxLength: 12 });
  fc.assert(
    fc.property(damage, fc.integer({ min: 0, max: image.length }), fc.boolean(), (changes, length, cut) => {
      const bytes = image.slice(0, cut ? length : image.length);
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      let read = 0;
      const source = {
        size: bytes.length,
        read: (offset: number, wanted: number) => {
          read += wanted;
          return bytes.subarray(offset, offset + wanted);
        },
      };
      try {
        inspectGoProgram(source);
      } catch (error) {
        assert.ok(error instanceof GctopError, String(error));
        assert.notEqual(error.code, 'INTERNAL');
      }
      assert.ok(read <= 8 * bytes.length + 1024, `read ${read} bytes of ${bytes.length}`);
    }),
    { numRuns: 3000 },
  );
});
