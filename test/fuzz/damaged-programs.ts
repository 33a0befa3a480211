import fc from 'fast-check';
import { possibleLayouts } from '../../src/binary/layouts.js';
import { elfImage, pointedBuildInfoBlob } from '../helpers/elf-image.js';
import { goImage } from '../helpers/go-image.js';
import { endOfInspecting, memoryOf, nothingBehind, sourceOf } from './inspect.js';
import type { Kind } from './kind.js';

const releases = possibleLayouts(undefined, 'x86-64');
export const layoutSince = (release: string) => {
  const found = releases.find(({ since }) => since === release);
  if (found === undefined) throw new Error(`no layout of ${release}`);
  return found.layout;
};

/** Programs of all three formats, with symbols and without, with section headers and without. */
const images = [
  goImage({ layout: layoutSince('go1.26'), table: 'go1.20', symbols: true }),
  goImage({ layout: layoutSince('go1.26'), table: 'go1.20', without: ['section headers', 'text start'] }),
  goImage({ layout: layoutSince('go1.26'), table: 'go1.20', built: null, type: 3 }),
  goImage({ layout: layoutSince('go1.19'), table: 'go1.18', built: 'go1.19' }),
  goImage({ layout: layoutSince('go1.16'), table: 'go1.16', built: 'go1.16', without: ['section headers'] }),
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

/** Whole programs in which some bytes are others, or that are cut. */
export const damagedPrograms: Kind = {
  cases: 15_000,
  ends: ['read', 'NOT_GO', 'STRIPPED', 'UNKNOWN_LAYOUT'],
  run: (runs, ended) =>
    fc.assert(
      fc.property(cases, ({ which, changes, cut, loaded }) => {
        const image = images[which] ?? new Uint8Array(0);
        const bytes = image.slice(0, Math.floor(image.length * cut));
        for (const [at, value, count] of changes) bytes.fill(value, at, at + count);
        ended(endOfInspecting(sourceOf(bytes, nothingBehind), loaded ? memoryOf(bytes) : undefined));
      }),
      runs,
    ),
};
