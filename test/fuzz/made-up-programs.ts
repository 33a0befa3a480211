import fc from 'fast-check';
import { ascii, buildInfoBlob } from '../helpers/elf-image.js';
import { type Behind, endOfInspecting, memoryOf, nothingBehind, sourceOf } from './inspect.js';
import { type Kind, oddNumbers } from './kind.js';

/** ELF files put together from headers that say anything at all of where their parts are. */
const size = 0x6000;

/** Where something is: an odd number, or a place that the file has. */
const place = fc.oneof(
  fc.constantFrom(...oddNumbers),
  fc.constantFrom(0n, 0x1000n, 0x2000n, 0x3000n, 0x4000n, 0x5000n),
  fc.bigInt({ min: 0n, max: BigInt(size) }),
);
const base = fc.constantFrom(0x40_0000n, 0x40_1000n, 0x50_1000n, 0x60_1000n, 0n, (1n << 63n) - 1n);

/** As a linker would put it. */
const saneSegment = fc.constantFrom(
  { type: 1, flags: 5, offset: 0x1000n, address: 0x40_1000n, fileSize: 0x1000n, memorySize: 0x1000n },
  { type: 1, flags: 4, offset: 0x2000n, address: 0x50_1000n, fileSize: 0x1000n, memorySize: 0x1000n },
  { type: 1, flags: 6, offset: 0x3000n, address: 0x60_1000n, fileSize: 0x1000n, memorySize: 0x7_0000n },
);
const anySegment = fc.record({
  type: fc.constantFrom(1, 1, 1, 1, 2, 6),
  flags: fc.constantFrom(4, 5, 6, 7),
  offset: place,
  address: fc.oneof(base, place),
  fileSize: place,
  memorySize: place,
});

const segment = fc.oneof(saneSegment, anySegment);

const names = [
  '',
  '.text',
  '.gopclntab',
  '.data.rel.ro.gopclntab',
  '.go.buildinfo',
  '.symtab',
  '.strtab',
] as const;
const section = fc.record({
  name: fc.oneof(
    fc.constantFrom(...names).map((name) => namesText.indexOf(`${name}\0`)),
    fc.nat(0xffff),
  ),
  type: fc.constantFrom(0, 1, 2, 3, 8),
  address: fc.oneof(base, place),
  offset: place,
  size: place,
  link: fc.oneof(fc.nat(8), fc.constant(0xffff_ffff)),
});
const namesText = `${names.join('\0')}\0`;

/** Content that is looked for, anywhere. */
const contents: readonly Uint8Array[] = [
  buildInfoBlob('go1.26.5').subarray(0, 0x60),
  Uint8Array.of(0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8, 3, 0, 0, 0, 0, 0, 0, 0),
  Uint8Array.of(0xf0, 0xff, 0xff, 0xff, 0, 0, 1, 8, 0, 0, 1, 0, 0, 0, 0, 0),
  Uint8Array.of(0xfa, 0xff, 0xff, 0xff, 0, 0, 1, 8, 1, 0, 0, 0, 0, 0, 0, 0),
  ascii('\0runtime.gcStart\0runtime.gcMarkTermination\0runtime.work\0runtime.memstats\0'),
  ascii('runtime.freeStackSpans\0runtime.gcController\0runtime.mheap_\0runtime.sweep\0UPX!'),
  Uint8Array.of(0x49, 0x3b, 0x66, 0x10, 0x76, 0x20, 0x48, 0x8b, 0x05),
  Uint8Array.of(0x00, 0x10, 0x50, 0, 0, 0, 0, 0),
];

const behind: fc.Arbitrary<Behind> = fc.oneof(
  { weight: 40, arbitrary: fc.constant(nothingBehind) },
  {
    weight: 1,
    arbitrary: fc.record({
      length: fc.constantFrom(1 << 16, 4 << 20),
      filler: fc.constantFrom(new Uint8Array(0), ...contents),
    }),
  },
);

const mostly = <Value>(usual: Value, ...others: readonly Value[]): fc.Arbitrary<Value> =>
  fc.oneof(
    { weight: 9, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );

const cases = fc.record({
  type: mostly(2, 3, 3, 1),
  machine: mostly(62, 183, 3),
  headers: mostly(64n, 0x3000n, BigInt(size), (1n << 64n) - 1n),
  headerSize: mostly(56, 0, 64, 0xffff),
  segments: fc.array(segment, { maxLength: 6 }),
  moreSegments: mostly(0, 1, 60, 1000, 60_000),
  sectionHeaders: mostly(0x4000n, 0n, BigInt(size) - 64n, 1n << 62n),
  sectionSize: mostly(64, 0, 40, 0xffff),
  sections: fc.array(section, { maxLength: 8 }),
  moreSections: fc.constantFrom(0, 0, 0, 1, 200, 65_000),
  contents: fc.array(fc.tuple(fc.nat(size / 16 - 1), fc.nat(contents.length - 1), fc.nat(64)), {
    maxLength: 8,
  }),
  /** Whether build information and a table of functions are where a linker puts them. */
  hasInfo: mostly(true, false),
  hasTable: fc.boolean(),
  behind,
  loaded: fc.boolean(),
});

type Case = typeof cases extends fc.Arbitrary<infer Made> ? Made : never;

function imageOf(made: Case): Uint8Array {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  for (const [at, which, times] of made.contents) {
    const content = contents[which] ?? bytes;
    for (let i = 0; i <= times && 16 * at + (i + 1) * content.length <= size; i++)
      bytes.set(content, 16 * at + i * content.length);
  }
  if (made.hasInfo) bytes.set(contents[0] ?? [], 0x3000);
  if (made.hasTable) putTable(view, 0x2000);
  bytes.set(ascii(namesText), 0x5800);
  bytes.set(ascii('\x7fELF\x02\x01\x01'));
  view.setUint16(16, made.type, true);
  view.setUint16(18, made.machine, true);
  view.setBigUint64(32, made.headers, true);
  view.setBigUint64(40, made.sectionHeaders, true);
  view.setUint16(54, made.headerSize, true);
  view.setUint16(56, Math.min(0xffff, made.segments.length + made.moreSegments), true);
  view.setUint16(58, made.sectionSize, true);
  view.setUint16(60, Math.min(0xffff, made.sections.length + 1 + made.moreSections), true);
  for (const [i, each] of made.segments.entries()) {
    const at = 64 + 56 * i;
    view.setUint32(at, each.type, true);
    view.setUint32(at + 4, each.flags, true);
    for (const [j, value] of [
      each.offset,
      each.address,
      each.address,
      each.fileSize,
      each.memorySize,
    ].entries())
      view.setBigUint64(at + 8 + 8 * j, value, true);
  }
  // The first section holds the names of all.
  view.setBigUint64(0x4000 + 24, 0x5800n, true);
  view.setBigUint64(0x4000 + 32, BigInt(namesText.length), true);
  for (const [i, each] of made.sections.entries()) {
    const at = 0x4000 + 64 * (i + 1);
    view.setUint32(at, each.name, true);
    view.setUint32(at + 4, each.type, true);
    for (const [j, value] of [each.address, each.offset, each.size].entries())
      view.setBigUint64(at + 16 + 8 * j, value, true);
    view.setUint32(at + 40, each.link, true);
  }
  return bytes;
}

/** The header of a table of three functions, their names, and a list that leads to them. */
function putTable(view: DataView, at: number): void {
  const words = [0x0801_0000_ffff_fff1n, 3n, 1n, 0x40_1000n, 72n, 0x180n, 0x180n, 0x180n, 0x180n];
  for (const [i, word] of words.entries()) view.setBigUint64(at + 8 * i, word, true);
  new Uint8Array(view.buffer).set(
    ascii('runtime.gcStart\0runtime.gcMarkDone\0runtime.freeStackSpans\0'),
    at + 72,
  );
  for (const [i, name] of [0, 16, 35].entries()) {
    new Uint8Array(view.buffer).set(contents[6] ?? [], 0x1000 + 0x100 * i); // a stack check
    view.setUint32(at + 0x180 + 8 * i, 0x100 * i, true);
    view.setUint32(at + 0x180 + 8 * i + 4, 0x40 + 0x20 * i, true);
    view.setUint32(at + 0x180 + 0x40 + 0x20 * i + 4, name, true);
  }
  view.setUint32(at + 0x180 + 24, 0x300, true);
}

export const madeUpPrograms: Kind = {
  cases: 20_000,
  ends: ['NOT_GO', 'STRIPPED', 'UNKNOWN_LAYOUT', 'UNSUPPORTED_MACHINE'],
  run: (runs, ended) =>
    fc.assert(
      fc.property(cases, (made) => {
        const image = imageOf(made);
        ended(endOfInspecting(sourceOf(image, made.behind), made.loaded ? memoryOf(image) : undefined));
      }),
      runs,
    ),
};
