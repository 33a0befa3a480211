import { type Witness, witnesses } from './field-witness.js';
import { type GlobalName, globalNames, type Layout } from './layouts.js';
import { fieldBytes, type Row, table } from './layouts-table.js';
import type { Search } from './runtime-code.js';

/** Where the globals are; undefined for one of which nothing is read. */
export type GlobalAddresses = Readonly<Record<GlobalName, number | undefined>>;

/**
 * Holds a layout against a program's code: no two fields share a place, and each has an instruction that uses it where
 * the layout says. A string names the first field that has none.
 */
export function checkFields(search: Search, globals: GlobalAddresses): string | undefined {
  const fields = fieldsOf(search.layout);
  const shared = sharedPlace(fields);
  if (shared !== undefined) return shared;
  for (const { global, field, offset } of fields) {
    const address = globals[global];
    if (address === undefined) return `'runtime.${global}' was not found`;
    const witness = witnesses[global][field];
    if (witness === undefined || isWitnessed(search, witness, { address, offset })) continue;
    return `no instruction uses 'runtime.${global}.${field}' at offset ${offset}`;
  }
  return undefined;
}

/** All functions that fields are looked for in. */
export const witnessFunctions: readonly string[] = Object.values(witnesses)
  .flatMap((fields) => Object.values(fields))
  .flatMap(({ operand = [], offset = [] }) => [...operand, ...offset]);

interface Field {
  readonly global: GlobalName;
  readonly field: string;
  readonly offset: number;
  readonly end: number;
}

const fieldsOf = (layout: Layout): readonly Field[] =>
  globalNames.flatMap((global) => {
    const kinds: Readonly<Record<string, Row<number | undefined>>> = table[global];
    return Object.entries<number | undefined>(layout[global]).flatMap(([field, offset]) => {
      const row = kinds[field];
      return offset === undefined || row === undefined
        ? []
        : [{ global, field, offset, end: offset + fieldBytes[row.kind] }];
    });
  });

function sharedPlace(fields: readonly Field[]): string | undefined {
  const sorted = fields
    .filter(({ field }) => field !== 'printedStackScan') // from Go 1.20 on it is lastStackScan
    .sort((a, b) => a.global.localeCompare(b.global) || a.offset - b.offset);
  for (const [i, field] of sorted.entries()) {
    const next = sorted[i + 1];
    if (next?.global !== field.global || field.end <= next.offset) continue;
    return `'runtime.${field.global}.${field.field}' and '.${next.field}' are said to share a place`;
  }
  return undefined;
}

const isWitnessed = (
  { code }: Search,
  { operand = [], offset: methods = [] }: Witness,
  { address, offset }: { readonly address: number; readonly offset: number },
): boolean =>
  operand.some((name) => code.operandsIn(name).has(address + offset)) ||
  methods.some((name) => code.offsetsIn(name).has(offset));
