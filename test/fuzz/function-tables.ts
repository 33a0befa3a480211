import fc from 'fast-check';
import { goImage } from '../helpers/go-image.js';
import { layoutSince } from './damaged-programs.js';
import { type Behind, endOfInspecting, nothingBehind, sourceOf } from './inspect.js';
import { type Kind, oddNumbers } from './kind.js';

const formats = [
  { image: goImage({ layout: layoutSince('go1.16'), table: 'go1.16', built: 'go1.16' }), entrySize: 16 },
  { image: goImage({ layout: layoutSince('go1.19'), table: 'go1.18', built: 'go1.19' }), entrySize: 8 },
  { image: goImage({ layout: layoutSince('go1.26'), table: 'go1.20' }), entrySize: 8 },
  {
    image: goImage({
      layout: layoutSince('go1.26'),
      table: 'go1.20',
      without: ['section headers', 'text start'],
    }),
    entrySize: 8,
  },
].map((format) => {
  const view = new DataView(format.image.buffer);
  const [at, size] = [64 + 56 + 8, 64 + 56 + 32].map((field) => Number(view.getBigUint64(field, true)));
  return { ...format, at: at ?? 0, size: size ?? 0 };
});

/** Words of the header, entries of the list of functions and their records, and whatever else there is. */
const change = fc.oneof(
  fc.record({
    kind: fc.constant('header' as const),
    index: fc.nat(8),
    value: fc.oneof(fc.constantFrom(...oddNumbers), fc.bigInt({ min: 0n, max: 0x8000n })),
  }),
  fc.record({
    kind: fc.constant('entry' as const),
    index: fc.nat(130),
    value: fc.oneof(fc.constantFrom(...oddNumbers), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n })),
  }),
  fc.record({
    kind: fc.constant('word' as const),
    index: fc.nat(0x4000),
    value: fc.oneof(fc.constantFrom(...oddNumbers), fc.bigInt({ min: 0n, max: 0xffff_ffffn })),
  }),
  fc.record({
    kind: fc.constant('fill' as const),
    index: fc.nat(0x8000),
    value: fc.bigInt({ min: 0n, max: 255n }),
  }),
);

const behind: fc.Arbitrary<Behind> = fc.oneof(
  { weight: 60, arbitrary: fc.constant(nothingBehind) },
  { weight: 1, arbitrary: fc.constant({ length: 4 << 20, filler: Uint8Array.of(0xff, 0, 1) }) },
);

const cases = fc.record({
  which: fc.nat(formats.length - 1),
  changes: fc.array(change, { maxLength: 6 }),
  isShuffled: fc.constantFrom(false, false, false, true),
  /** Whether the file's segment of the table says that it is larger than it is. */
  isLong: fc.boolean(),
  behind,
});

/** Tables of functions of all three formats, of which the entries say anything. */
export const functionTables: Kind = {
  cases: 15_000,
  ends: ['read', 'STRIPPED', 'UNKNOWN_LAYOUT'],
  run: (runs, ended) =>
    fc.assert(
      fc.property(cases, ({ which, changes, isShuffled, isLong, behind }) => {
        const format = formats[which] ?? formats[0];
        if (format === undefined) throw new Error('there is no format');
        const { at, size, entrySize } = format;
        const image = format.image.slice();
        const view = new DataView(image.buffer);
        const list = at + Number(view.getBigUint64(at + (entrySize === 16 ? 56 : 64), true));
        if (isShuffled) shuffle(image.subarray(list, list + 100 * entrySize), entrySize);
        for (const { kind, index, value } of changes) {
          if (kind === 'header') view.setBigUint64(at + 8 * index, value, true);
          else if (kind === 'entry') view.setBigUint64(list + 8 * index, value, true);
          else if (kind === 'word')
            view.setUint32(at + 4 * (index % (size >> 2)), Number(value & 0xffff_ffffn), true);
          else image.fill(Number(value), at + (index % size), at + (index % size) + 64);
        }
        if (isLong) view.setBigUint64(64 + 56 + 32, 1n << 40n, true);
        ended(endOfInspecting(sourceOf(image, behind), undefined));
      }),
      runs,
    ),
};

/** Turns the order of the entries round. */
function shuffle(entries: Uint8Array, size: number): void {
  const copy = entries.slice();
  for (let i = 0; i + size <= copy.length; i += size)
    entries.set(copy.subarray(i, i + size), copy.length - size - i);
}
