import { readUpTo } from './byte-source.js';
import type { Elf } from './elf.js';
import type { Pclntab } from './pclntab.js';

/** From `offset` in a function on, its frame takes `bytes` of the stack, until the next step. */
export interface StackStep {
  readonly offset: number;
  readonly bytes: number;
}

/**
 * How deep a function's stack is at each of its instructions: the pcsp table, by which the runtime walks stacks
 * (runtime/symtab.go, pcvalue and step; cmd/internal/obj/pcln.go). Pairs of varints: how much the depth changes, zigzag,
 * and for how many bytes of code it then holds. A step begins where an instruction does. Empty where what stands at
 * `fileOffset` is no table of a function that takes `size` bytes with the padding behind it.
 */
export function stackSteps(
  elf: Pick<Elf, 'source'>,
  { fileOffset, size }: { readonly fileOffset: number; readonly size: number },
): readonly StackStep[] {
  const table = readUpTo(elf.source, fileOffset, maxTableSize);
  const steps: StackStep[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35 && at < table.length; shift += 7) {
      const byte = table[at++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  };
  for (let [offset, bytes] = [0, -1]; ; ) {
    const change = varint();
    if (change === 0 && steps.length > 0) return offset <= size && size - offset < maxPadding ? steps : [];
    const length = varint();
    // The table ends in a 0; without one, cut within a number, or with a step of no length, it is none.
    if (Number.isNaN(change) || !(length > 0)) return [];
    bytes += change % 2 === 0 ? change / 2 : -(change + 1) / 2;
    steps.push({ offset, bytes });
    offset += length;
  }
}

/** Functions begin at multiples of 16 or 32 (cmd/link/internal/ld). */
const maxPadding = 64;

/** Those of the functions that are probed have at most some 300 bytes. */
const maxTableSize = 4096;

/** Where in the file a function's pcsp table is. */
export const stackTableOffset = ({ fileOffset, valuesOffset }: Pclntab, pcsp: number): number =>
  fileOffset + valuesOffset + pcsp;
