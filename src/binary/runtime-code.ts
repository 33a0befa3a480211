import { type AddressRange, type Code, type Operands, offsetsIn, operandsOf } from './code-operands.js';
import { type Elf, readAddress } from './elf.js';
import type { ReleaseLayout } from './layouts.js';
import { findFunctions, type Pclntab } from './pclntab.js';
import type { ProgramImage } from './program-image.js';
import { findProbePoint } from './prologue.js';
import { findSymbols } from './symbols.js';
import { isInCode, maxFunctionSize, type PlacedFunction, placeFunctions } from './text-start.js';

/** Functions of the runtime in a program's code, by their names without `runtime.`. */
export type RuntimeFunctions = ReadonlyMap<string, PlacedFunction>;

/** Looks functions up in the table that every Go program has; undefined where it has none or its places are unclear. */
export function functionsInTable(
  image: ProgramImage,
  table: Pclntab,
  names: readonly string[],
): RuntimeFunctions | undefined {
  const found = findFunctions(image.elf, table, names.map(qualified));
  const placed = placeFunctions(image, table, found, (functions) => areRecognised(image.elf, functions));
  return placed && unqualified(placed);
}

/** The same by the linker's symbols, which may claim any size. */
export function functionsBySymbol(elf: Elf, names: readonly string[]): RuntimeFunctions {
  const found = [...findSymbols(elf, names.map(qualified))].map(
    ([name, { address, size }]) => [name, { address, size: Math.min(size, maxFunctionSize) }] as const,
  );
  return unqualified(new Map(found));
}

const qualified = (name: string): string => `runtime.${name}`;

const unqualified = (functions: ReadonlyMap<string, PlacedFunction>): RuntimeFunctions =>
  new Map([...functions].map(([name, place]) => [name.slice('runtime.'.length), place]));

/** All of them lie in the code, and most begin with a stack check: by chance not even one would. */
function areRecognised(elf: Elf, functions: ReadonlyMap<string, PlacedFunction>): boolean {
  const placed = [...functions.values()];
  if (placed.length === 0 || !placed.every((place) => isInCode(elf, place))) return false;
  const recognised = placed.filter((place) => hasStackCheck(elf, place));
  return recognised.length * 2 >= placed.length;
}

function hasStackCheck(elf: Elf, { address }: PlacedFunction): boolean {
  const start = readAddress(elf, address, 32);
  if (elf.machine === 'aarch64')
    return start.length >= 4 && armLoadsGuard.every((byte, i) => start[i] === byte);
  return findProbePoint(start) !== undefined;
}

/** ldr x16, [x28, #16]: g.stackguard0, with g in x28. */
const armLoadsGuard = [0x90, 0x0b, 0x40, 0xf9];

/** The code of the functions that were found: each is read, and looked through, once. */
export class RuntimeCode {
  /** Where variables can lie: what is loaded to be written. */
  readonly data: readonly AddressRange[];
  readonly #elf: Elf;
  readonly #functions: RuntimeFunctions;
  readonly #bodies = new Map<string, Code>();
  readonly #operands = new Map<string, Operands>();
  readonly #offsets = new Map<string, ReadonlySet<number>>();

  constructor(elf: Elf, functions: RuntimeFunctions) {
    this.#elf = elf;
    this.#functions = functions;
    this.data = elf.segments
      .filter(({ writable }) => writable)
      .map(({ address, memorySize }) => ({ begin: address, end: address + memorySize }));
  }

  addressOf(name: string): number | undefined {
    return this.#functions.get(name)?.address;
  }

  placeOf(name: string): PlacedFunction | undefined {
    return this.#functions.get(name);
  }

  /** Empty where the program has no such function. A symbol may claim to be of any size. */
  bodyOf(name: string): Code {
    const { address, size } = this.#functions.get(name) ?? { address: 0, size: 0 };
    const length = Math.min(size, maxFunctionSize);
    return known(this.#bodies, name, () => ({ address, bytes: readAddress(this.#elf, address, length) }));
  }

  /** The variables that its instructions name. */
  operandsIn(name: string): Operands {
    return known(this.#operands, name, () => operandsOf(this.bodyOf(name), this.data));
  }

  /** The offsets at which its instructions reach into structs. */
  offsetsIn(name: string): ReadonlySet<number> {
    return known(this.#offsets, name, () => offsetsIn(this.bodyOf(name)));
  }
}

function known<T>(cache: Map<string, T>, name: string, make: () => T): T {
  const found = cache.get(name);
  if (found !== undefined) return found;
  const made = make();
  cache.set(name, made);
  return made;
}

/** A program's code, and the layout that it is held against. */
export interface Search extends Pick<ReleaseLayout, 'minor' | 'layout' | 'others'> {
  readonly code: RuntimeCode;
}
