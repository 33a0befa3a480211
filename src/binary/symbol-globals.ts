import type { Elf } from './elf.js';
import { checkFields } from './field-check.js';
import { findVariable, type Globals } from './globals.js';
import type { GlobalSizes } from './layouts.js';
import type { Search } from './runtime-code.js';
import { type ElfSymbol, findSymbols } from './symbols.js';

/** The runtime's globals by name. */
export type GlobalSymbols = ReadonlyMap<string, ElfSymbol>;

/** The symbols of all globals; undefined where one is missing: stripped, or renamed. */
export function readSymbols(elf: Elf): GlobalSymbols | undefined {
  const found = findSymbols(
    elf,
    [...needed, ...optional].map((name) => `runtime.${name}`),
  );
  const symbols = new Map([...found].map(([name, symbol]) => [name.slice('runtime.'.length), symbol]));
  return needed.every((name) => symbols.has(name)) ? symbols : undefined;
}

const needed = ['work', 'memstats', 'gcController', 'mheap_', 'sweep'] as const;
const optional = ['gcpercent', 'runtimeInitTime'] as const;

/**
 * The globals at the places that the symbols name, if their sizes are those of the release and its fields are used there.
 * A string says what contradicts.
 */
export function globalsBySymbol(
  search: Search,
  symbols: GlobalSymbols,
  sizes: GlobalSizes,
): Globals | string {
  const wrong = wrongSize(symbols, sizes);
  if (wrong !== undefined) return wrong;
  const address = (name: (typeof needed)[number]): number => symbols.get(name)?.address ?? 0;
  const globals = {
    work: address('work'),
    memstats: address('memstats'),
    gcController: address('gcController'),
    mheap_: address('mheap_'),
    sweep: address('sweep'),
  };
  return (
    checkFields(search, globals) ?? {
      ...globals,
      gcpercent: findVariable(search, 'gcpercent', symbols.get('gcpercent')?.address),
      runtimeInitTime: findVariable(search, 'runtimeInitTime', symbols.get('runtimeInitTime')?.address),
    }
  );
}

/** A runtime with changed structs (a vendor's, or an experiment's) says so by the sizes of its globals. */
function wrongSize(symbols: GlobalSymbols, sizes: GlobalSizes): string | undefined {
  for (const name of needed) {
    const size = symbols.get(name)?.size ?? 0;
    const exactly = name === 'work' || name === 'gcController' ? sizes.exactly[name] : undefined;
    if (exactly === undefined ? size >= sizes.atLeast[name] : size === exactly) continue;
    const expected = exactly === undefined ? `at least ${sizes.atLeast[name]}` : `${exactly}`;
    return `'runtime.${name}' has ${size} bytes and not ${expected}`;
  }
  return undefined;
}
