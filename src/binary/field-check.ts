import type { Width } from './code-operands.js';
import { type Witness, witnesses } from './field-witness.js';
import { type GlobalName, globalNames } from './layouts.js';
import { type FieldKind, fieldBytes, type Row, table } from './layouts-table.js';
import type { Search } from './runtime-code.js';

/** Where the globals are; undefined for one of which nothing is read. */
export type GlobalAddresses = Readonly<Record<GlobalName, number | undefined>>;

/**
 * Holds a layout against a program's code: no two fields share a place, and each has an instruction that uses it where
 * the layout says. A string names the first field that has none.
 */
export function checkFields(search: Search, globals: GlobalAddresses): string | undefined {
  const fields = fieldsOf(search);
  const shared = sharedPlace(fields, search.others);
  if (shared !== undefined) return shared;
  for (const each of fields) {
    const { global, field, offset } = each;
    const address = globals[global];
    if (address === undefined) return `'runtime.${global}' was not found`;
    const witness = witnesses[global][field];
    if (witness === undefined || isWitnessed(search, witness, { ...each, address: address + offset }))
      continue;
    return `no instruction uses 'runtime.${global}.${field}' at offset ${offset}`;
  }
  return undefined;
}

/** All functions that fields are looked for in. */
export const witnessFunctions: readonly string[] = Object.values(witnesses)
  .flatMap((fields) => Object.values(fields))
  .flatMap(({ operand = [], offset = [] }) => [...operand.flat(), ...offset]);

interface Field {
  readonly global: GlobalName;
  readonly field: string;
  readonly offset: number;
  readonly end: number;
  readonly kind: FieldKind;
}

const fieldsOf = ({ layout, minor }: Search): readonly Field[] =>
  globalNames.flatMap((global) => {
    const kinds: Readonly<Record<string, Row<number | undefined>>> = table[global];
    return Object.entries<number | undefined>(layout[global]).flatMap(([field, offset]) => {
      const row = kinds[field];
      if (offset === undefined || row === undefined) return [];
      // From Go 1.20 on it is another name of the same field.
      if (field === 'printedStackScan' && minor >= 20 && offset === layout.gcController.lastStackScan)
        return [];
      return [{ global, field, offset, end: offset + fieldBytes[row.kind], kind: row.kind }];
    });
  });

/** Of two fields, or of a field and something else that lies in the global. */
function sharedPlace(fields: readonly Field[], others: Search['others']): string | undefined {
  const taken = new Map(globalNames.map((global) => [global, [...others[global]]]));
  for (const { global, field, offset, end } of fields) {
    const spans = taken.get(global) ?? [];
    const isTaken = spans.some((span) => offset < span.end && span.begin < end);
    if (isTaken) return `at offset ${offset} of 'runtime.${global}' something else lies than '${field}'`;
    spans.push({ begin: offset, end });
  }
  return undefined;
}

function isWitnessed(
  { code }: Search,
  witness: Witness,
  field: Field & { readonly address: number },
): boolean {
  const { operand = [], offset: methods = [] } = witness;
  const isUsedIn = (name: string): boolean => {
    const widths = code.operandsIn(name).get(field.address);
    return widths !== undefined && [...widths].some((width) => fits(width, field.kind));
  };
  const lines = operand
    .map((line) => line.filter((name) => code.addressOf(name) !== undefined))
    .filter((line) => line.length > 0);
  if (methods.some((name) => code.offsetsIn(name).has(field.offset))) return true;
  return lines.length > 0 && lines.every((line) => line.some(isUsedIn));
}

/** A ring's address is taken, or counted from; what is stored in it has 64 bits. */
export const fits = (width: Width, kind: FieldKind): boolean =>
  width === 'any' || (kind === 'f64' ? width === 'f64' : kind === 'u64x256' || width === fieldBytes[kind]);
