import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { inspectGoProgram } from '../../src/binary/go-program.js';
import { possibleLayouts } from '../../src/binary/layouts.js';
import type { LoadedImage } from '../../src/binary/program-image.js';
import { GctopError } from '../../src/error.js';
import { elfImage, pointedBuildInfoBlob } from '../helpers/elf-image.js';
import { goImage } from '../helpers/go-image.js';

const releases = possibleLayouts(undefined, 'x86-64');
const layoutOf = (release: string) =>
  releases.find(({ since }) => since === release)?.layout ?? assert.fail(release);

/** Programs of all three formats, with symbols and without, with section headers and without. */
const images = [
  goImage({ layout: layoutOf('go1.26'), table: 'go1.20', symbols: true }),
  goImage({ layout: layoutOf('go1.26'), table: 'go1.20', without: ['section headers', 'text start'] }),
  goImage({ layout: layoutOf('go1.26'), table: 'go1.20', built: null, type: 3 }),
  goImage({ layout: layoutOf('go1.19'), table: 'go1.18', built: 'go1.19' }),
  goImage({ layout: layoutOf('go1.16'), table: 'go1.16', built: 'go1.16', without: ['section headers'] }),
  elfImage({ data: pointedBuildInfoBlob('go1.17.8', 'path\tx\n') }),
];

/** Where the headers, the tables and the data are: most of the bytes are code, which is only looked through. */
const hotSpots = images.map((image) => {
  const spots: (readonly [from: number, to: number])[] = [[0, 64 + 3 * 56]];
  const magic = image.findIndex(
    (byte, i) =>
      (byte & 0xf0) === 0xf0 &&
      image[i + 1] === 0xff &&
      image[i + 2] === 0xff &&
      image[i + 3] === 0xff &&
      image[i + 7] === 8,
  );
  if (magic > 0) spots.push([magic, magic + 4096]);
  const data = image.length - 0x5000;
  if (data > 0) spots.push([data, data + 0x60], [data + 0x400, data + 0x900], [data + 0x1000, image.length]);
  return magic > 0 ? spots : [...spots, [0x2000, 0x2100]];
});

const values = fc.oneof(fc.constantFrom(0, 1, 2, 7, 8, 0x7f, 0x80, 0xff, 0xfa, 0xf0, 0xf1), fc.nat(255));

const cases = fc.nat(images.length - 1).chain((which) =>
  fc.record({
    which: fc.constant(which),
    changes: fc.array(
      fc.tuple(
        fc
          .constantFrom(...(hotSpots[which] ?? []))
          .chain(([from, to]) => fc.integer({ min: from, max: to - 1 })),
        values,
        fc.constantFrom(1, 4, 8),
      ),
      { maxLength: 4 },
    ),
    cut: fc.oneof(
      { weight: 8, arbitrary: fc.constant(1) },
      { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
    ),
    loaded: fc.boolean(),
  }),
);

const numRuns = Number(process.env.FUZZ_RUNS ?? 20_000);

test(`a damaged program ends in a GctopError or a result, and is read at most some times over (${numRuns} cases)`, (t) => {
  const ends = new Map<string, number>();
  const count = (end: string) => ends.set(end, (ends.get(end) ?? 0) + 1);
  fc.assert(
    fc.property(cases, ({ which, changes, cut, loaded }) => {
      const image = images[which] ?? new Uint8Array(0);
      const bytes = image.slice(0, Math.floor(image.length * cut));
      for (const [at, value, count] of changes) bytes.fill(value, at, at + count);
      let read = 0;
      const give = (offset: number, length: number) => {
        assert.ok(length >= 0 && length <= bytes.length, `${length} bytes at once were asked for`);
        read += length;
        return bytes.subarray(offset, offset + length);
      };
      const source = { size: bytes.length, read: give };
      // A memory in which pointers were never relocated, and in which nothing lies behind the file's end.
      const memory: LoadedImage = {
        loadBias: 0,
        read: (address, length) => {
          assert.ok(length <= 1 << 20, `${length} bytes of memory at once were asked for`);
          const offset = address % 0x100000;
          read += length;
          return offset + length <= bytes.length ? bytes.subarray(offset, offset + length) : undefined;
        },
      };
      try {
        inspectGoProgram(source, loaded ? () => memory : undefined);
        count('read');
      } catch (error) {
        assert.ok(error instanceof GctopError, error instanceof Error ? error.stack : String(error));
        assert.notEqual(error.code, 'INTERNAL');
        count(error.code);
      }
      assert.ok(read <= 40 * image.length, `read ${read} bytes of ${bytes.length}`);
    }),
    { numRuns },
  );
  t.diagnostic(JSON.stringify(Object.fromEntries(ends)));
  for (const end of ['read', 'NOT_GO', 'STRIPPED', 'UNKNOWN_LAYOUT'])
    assert.ok((ends.get(end) ?? 0) > 0, `no case ended in '${end}'`);
});
