import fc from 'fast-check';
import { readBuildInfo } from '../../src/binary/build-info.js';
import { readElf } from '../../src/binary/elf.js';
import { parseGoVersion } from '../../src/binary/go-version.js';
import { buildInfoBlob, dataAddress, elfImage, pointedBuildInfoBlob } from '../helpers/elf-image.js';
import { type Behind, endOf, memoryOf, nothingBehind, sourceOf } from './inspect.js';
import { type Kind, oddNumbers } from './kind.js';

const modules = 'path\texample.com/shop/cmd/api\nmod\texample.com/shop\t(devel)\t\n';
const text = fc.oneof(
  fc.constantFrom('go1.26.5', 'go1.17.8', 'devel go1.27-3f2a1b9c', 'go1.23.4 X:boringcrypto', modules, ''),
  fc.string({ maxLength: 300, unit: 'binary-ascii' }),
);

/** A varint that ends, or does not. */
const varint = fc.array(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), { minLength: 1, maxLength: 11 });

const pointer = fc.oneof(
  fc.constantFrom(...oddNumbers),
  fc.bigInt({ min: BigInt(dataAddress), max: BigInt(dataAddress) + 0x1000n }),
);

const cases = fc.record({
  isInline: fc.boolean(),
  version: text,
  modules: text,
  varints: fc.array(fc.tuple(fc.constantFrom(32, 33, 41), varint), { maxLength: 2 }),
  pointers: fc.array(fc.tuple(fc.constantFrom(16, 24, 0x40, 0x48, 0x50, 0x58), pointer), { maxLength: 3 }),
  bytes: fc.array(fc.tuple(fc.nat(0x60), fc.nat(255)), { maxLength: 2 }),
  /** How far behind the segment's begin the blob is. */
  shift: fc.constantFrom(0, 0, 0, 16, 8, 0xfe0, 0xff0),
  without: fc.constantFrom('section headers', '.go.buildinfo', undefined),
  type: fc.constantFrom(2, 3),
  loaded: fc.boolean(),
  behind: fc.oneof(
    { weight: 60, arbitrary: fc.constant<Behind>(nothingBehind) },
    { weight: 1, arbitrary: fc.constant<Behind>({ length: 4 << 20, filler: Uint8Array.of(0xff) }) },
  ),
});

/** Build informations, old and new, with lengths and pointers that lead anywhere. */
export const buildInfos: Kind = {
  cases: 25_000,
  ends: ['nothing', 'a text', 'a version'],
  run: (runs, ended) =>
    fc.assert(
      fc.property(cases, (made) => {
        const blob = made.isInline
          ? buildInfoBlob(made.version.slice(0, 127), made.modules)
          : pointedBuildInfoBlob(made.version, made.modules);
        const view = new DataView(blob.buffer);
        for (const [at, value] of made.isInline ? [] : made.pointers) view.setBigUint64(at, value, true);
        for (const [at, value] of made.isInline ? made.varints : []) blob.set(value, at);
        for (const [at, value] of made.bytes) blob[at] = value;
        const data = new Uint8Array(0x1000);
        data.set(blob.subarray(0, 0x1000 - made.shift), made.shift);
        const { without, type } = made;
        const image = elfImage({ data, type, ...(without === undefined ? {} : { without: [without] }) });
        const loaded = made.loaded ? memoryOf(image) : undefined;
        let found = 'nothing';
        const end = endOf(() => {
          const info = readBuildInfo({ elf: readElf(sourceOf(image, made.behind)), loaded });
          if (info !== undefined)
            found = parseGoVersion(info.goVersion) === undefined ? 'a text' : 'a version';
        });
        ended(end === 'read' ? found : end);
      }),
      runs,
    ),
};
