import { type ByteSource, bytesOf } from '../../src/binary/byte-source.js';
import { readElf } from '../../src/binary/elf.js';
import { locateGlobals } from '../../src/binary/globals.js';
import { globalNames, type Layout, type ReleaseLayout } from '../../src/binary/layouts.js';
import { findPclntab } from '../../src/binary/pclntab.js';
import { runtimeCodeOf } from '../../src/binary/runtime-search.js';
import { globalsBySymbol, readSymbols } from '../../src/binary/symbol-globals.js';

/** Where a field could be thought to be that is elsewhere: in one of the fields around it. */
const shifts = [-32, -24, -16, -8, -4, 4, 8, 16, 24, 32];

/** The fields, `work.heap0 +8`, that a program's code does not contradict when the table is wrong about them alone. */
export function unnoticedDamage(
  program: Uint8Array | ByteSource,
  release: ReleaseLayout,
): { readonly tried: number; readonly unnoticed: readonly string[] } {
  const elf = readElf(program instanceof Uint8Array ? bytesOf(program) : program);
  const code = runtimeCodeOf({ elf, loaded: undefined }, findPclntab(elf));
  const symbols = readSymbols(elf);
  const found = (layout: Layout) => {
    const search = { ...release, code, layout };
    return symbols ? globalsBySymbol(search, symbols, release.sizes) : locateGlobals(search);
  };
  const { layout } = release;
  const truth = found(layout);
  if (typeof truth === 'string') throw new Error(`the true layout does not fit: ${truth}`);
  const unnoticed: string[] = [];
  let tried = 0;
  for (const { global, field, offset } of fieldsOf(layout)) {
    for (const shift of shifts.filter((each) => offset + each >= 0)) {
      tried++;
      const damaged = { ...layout, [global]: { ...layout[global], [field]: offset + shift } };
      if (typeof found(damaged) !== 'string')
        unnoticed.push(`${global}.${field} ${shift > 0 ? '+' : ''}${shift}`);
    }
  }
  return { tried, unnoticed };
}

const fieldsOf = (layout: Layout) =>
  globalNames.flatMap((global) =>
    Object.entries<number | undefined>(layout[global]).flatMap(([field, offset]) =>
      offset === undefined ? [] : [{ global, field, offset }],
    ),
  );
