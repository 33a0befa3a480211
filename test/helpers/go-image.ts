import { witnesses } from '../../src/binary/field-witness.js';
import type { GlobalName, Layout } from '../../src/binary/layouts.js';
import { type FieldKind, table } from '../../src/binary/layouts-table.js';
import { ascii, buildInfoBlob } from './elf-image.js';

/** What a made-up Go program is like; what is left out is as in a stripped Go 1.26 program for linux/amd64. */
export interface GoImage {
  readonly layout: Layout;
  readonly table?: 'go1.16' | 'go1.18' | 'go1.20';
  /** What the build information says; null leaves it out. */
  readonly built?: string | null;
  /** What runtime.buildVersion says. */
  readonly stated?: string;
  readonly without?: readonly ('section headers' | 'text start' | 'moduledata')[];
  readonly sectionNames?: { readonly table: string };
  /** 2 is an executable, 3 position-independent. */
  readonly type?: 2 | 3;
  /** 62 is x86-64, 183 arm64. */
  readonly machine?: number;
  readonly symbols?: boolean;
  /** Functions that the program has not. */
  readonly lacks?: readonly string[];
}

/** Where the globals of such a program are. */
export const goImageGlobals: Readonly<Record<GlobalName, number>> & {
  readonly runtimeInitTime: number;
  readonly gcpercent: number;
} = {
  work: 0x610000,
  memstats: 0x620000,
  gcController: 0x630000,
  mheap_: 0x640000,
  sweep: 0x660000,
  runtimeInitTime: 0x660100,
  gcpercent: 0x660110,
};

export const goImageText = 0x401000;
const tableAddress = 0x501000;
const dataAddress = 0x601000;
const buildVersion = dataAddress + 0x800;
const moduledata = dataAddress + 0x400;
const functionSize = 0x400;

/** Writes a program with code that uses every field of the layout, as a compiler would. */
export function goImage(image: GoImage): Uint8Array {
  const functions = functionsOf(image);
  const table = writeTable(functions, image);
  const code = writeCode(functions);
  const [codeAt, tableAt] = [0x1000, 0x1000 + code.length];
  const dataAt = tableAt + table.length;
  const bytes = new Uint8Array(dataAt + 0x1000 + 0x4000);
  bytes.set(code, codeAt);
  bytes.set(table, tableAt);
  bytes.set(writeData(image, functions.length), dataAt);
  const view = new DataView(bytes.buffer);
  bytes.set(ascii('\x7fELF\x02\x01\x01'));
  view.setUint16(16, image.type ?? 2, true);
  view.setUint16(18, image.machine ?? 62, true);
  putU64(view, 24, goImageText);
  putU64(view, 32, 64);
  view.setUint16(54, 56, true);
  view.setUint16(56, 3, true);
  putSegment(view, 0, { flags: 5, at: codeAt, address: goImageText, size: code.length });
  putSegment(view, 1, { flags: 4, at: tableAt, address: tableAddress, size: table.length });
  putSegment(view, 2, { flags: 6, at: dataAt, address: dataAddress, size: 0x1000, memory: 0x70000 });
  if (!(image.without ?? []).includes('section headers')) {
    putSections(bytes, { image, at: dataAt + 0x1000, tableAt, tableSize: table.length, dataAt });
  }
  return bytes;
}

interface MadeFunction {
  readonly name: string;
  readonly address: number;
  /** Variables that it names, offsets at which it reaches into structs, and what it calls with which receiver. */
  readonly operands: ReadonlyMap<number, FieldKind>;
  readonly offsets: ReadonlySet<number>;
  readonly calls: readonly { readonly method: string; readonly receiver: number }[];
}

/** For each field of the layout its witnesses, and what the search for the globals looks at besides. */
function functionsOf({ layout, lacks = [] }: GoImage): readonly MadeFunction[] {
  const operands = new Map<string, Map<number, FieldKind>>();
  const offsets = new Map<string, Set<number>>();
  const add = (name: string, address: number, kind: FieldKind = 'u64') => {
    operands.set(name, (operands.get(name) ?? new Map()).set(address, kind));
  };
  for (const [global, fields] of Object.entries(witnesses)) {
    const base = Object.entries(goImageGlobals).find(([name]) => name === global)?.[1] ?? 0;
    const known = new Map<string, number | undefined>(
      Object.entries(Object.entries(layout).find(([name]) => name === global)?.[1] ?? {}),
    );
    for (const [field, { operand = [], offset: methods = [] }] of Object.entries(fields)) {
      const offset = known.get(field);
      if (offset === undefined) continue;
      for (const name of operand.flat()) add(name, base + offset, kindOf(global, field));
      for (const name of methods) offsets.set(name, (offsets.get(name) ?? new Set()).add(offset));
    }
  }
  const { sweep, runtimeInitTime, gcpercent } = goImageGlobals;
  for (const name of ['main', 'gcMarkTermination', 'doInit1']) add(name, runtimeInitTime);
  for (const name of ['gcSetTriggerRatio', 'gcStart', 'setGCPercent.func1', 'sysmon'])
    add(name, gcpercent, 'i32');
  for (const name of ['bgsweep', 'gcSweep']) add(name, sweep, 'i32');
  add('schedinit', buildVersion);
  add('freeStackSpans', goImageGlobals.mheap_);
  const calls = new Map([
    ['gcMarkDone', ['(*gcControllerState).endCycle', '(*gcControllerState).startCycle']],
    ['freeStackSpans', ['(*mheap).freeManual', '(*mheap).freeManual']],
  ]);
  const names = [...new Set([...operands.keys(), ...offsets.keys(), ...[...calls.values()].flat()])];
  const present = names.filter((name) => !lacks.includes(name));
  return present.map((name, i) => ({
    name,
    address: goImageText + i * functionSize,
    operands: operands.get(name) ?? new Map(),
    offsets: offsets.get(name) ?? new Set(),
    calls: (calls.get(name) ?? []).map((method) => ({
      method,
      receiver: name === 'freeStackSpans' ? goImageGlobals.mheap_ : goImageGlobals.gcController,
    })),
  }));
}

const kindOf = (global: string, field: string): FieldKind => {
  const rows = Object.entries(table).find(([name]) => name === global)?.[1] ?? {};
  const row = Object.entries<{ readonly kind: FieldKind }>(rows).find(([name]) => name === field)?.[1];
  return row?.kind ?? 'u64';
};

/** What a compiler writes to take such a variable at [rip+x]. */
const instructions: Readonly<Record<FieldKind, readonly number[]>> = {
  u8: [0x0f, 0xb6, 0x05], // movzx eax, byte
  i32: [0x90, 0x8b, 0x05], // nop; mov eax
  u32: [0x90, 0x8b, 0x05],
  i64: [0x48, 0x8b, 0x05], // mov rax
  u64: [0x48, 0x8b, 0x05],
  f64: [0xf2, 0x0f, 0x10, 0x05], // movsd xmm0
  u64x256: [0x48, 0x8d, 0x05], // lea rax
};

function writeCode(functions: readonly MadeFunction[]): Uint8Array {
  const code = new Uint8Array(Math.max(1, functions.length) * functionSize).fill(0xcc);
  const view = new DataView(code.buffer);
  for (const [i, { address, operands, offsets, calls }] of functions.entries()) {
    const start = i * functionSize;
    let at = start;
    const put = (...bytes: readonly number[]) => {
      code.set(bytes, at);
      at += bytes.length;
    };
    const putDistance = (target: number) => {
      view.setInt32(at, target - (address + (at + 4 - start)), true);
      at += 4;
    };
    put(0x49, 0x3b, 0x66, 0x10, 0x76, 0x20); // cmp rsp, [r14+0x10]; jbe
    for (const [operand, kind] of operands) {
      put(...instructions[kind]);
      putDistance(operand);
    }
    for (const offset of offsets) {
      put(0x48, 0x8b, 0x88); // mov rcx, [rax+x]
      view.setInt32(at, offset, true);
      at += 4;
    }
    for (const { method, receiver } of calls) {
      put(0x48, 0x8d, 0x05); // lea rax, [rip+x]
      putDistance(receiver);
      put(0xe8); // call
      putDistance(functions.find(({ name }) => name === method)?.address ?? 0);
    }
    put(0xc3);
  }
  return code;
}

function writeTable(functions: readonly MadeFunction[], image: GoImage): Uint8Array {
  const { table = 'go1.20', without = [] } = image;
  const [entrySize, recordSize, headerSize] = table === 'go1.16' ? [16, 48, 64] : [8, 44, 72];
  const names = functions.map(({ name }) => ascii(`runtime.${name}\0`));
  const namesSize = names.reduce((sum, { length }) => sum + length, 0);
  const listAt = Math.ceil((headerSize + namesSize + 1) / 8) * 8;
  const recordsAt = entrySize * functions.length + 8;
  const bytes = new Uint8Array(listAt + recordsAt + recordSize * functions.length);
  const view = new DataView(bytes.buffer);
  const magics = { 'go1.16': 0xfffffffa, 'go1.18': 0xfffffff0, 'go1.20': 0xfffffff1 };
  view.setUint32(0, magics[table], true);
  bytes[6] = image.machine === 183 ? 4 : 1;
  bytes[7] = 8;
  const parts = [headerSize, headerSize + namesSize, headerSize + namesSize, headerSize + namesSize, listAt];
  const textStart = without.includes('text start') ? 0 : goImageText;
  const header = [functions.length, 1, ...(table === 'go1.16' ? [] : [textStart]), ...parts];
  for (const [i, value] of header.entries()) putU64(view, 8 + 8 * i, value);
  let nameAt = 0;
  for (const [i, { address }] of functions.entries()) {
    bytes.set(names[i] ?? [], headerSize + nameAt);
    const record = recordsAt + recordSize * i;
    if (table === 'go1.16') {
      putU64(view, listAt + 16 * i, address);
      putU64(view, listAt + 16 * i + 8, record);
      putU64(view, listAt + record, address);
      view.setUint32(listAt + record + 8, nameAt, true);
    } else {
      view.setUint32(listAt + 8 * i, address - goImageText, true);
      view.setUint32(listAt + 8 * i + 4, record, true);
      view.setUint32(listAt + record, address - goImageText, true);
      view.setUint32(listAt + record + 4, nameAt, true);
    }
    nameAt += names[i]?.length ?? 0;
  }
  const end = goImageText + functions.length * functionSize;
  if (table === 'go1.16') putU64(view, listAt + 16 * functions.length, end);
  else view.setUint32(listAt + 8 * functions.length, end - goImageText, true);
  return bytes;
}

/** Build information, moduledata, runtime.buildVersion and its characters. */
function writeData(image: GoImage, functionCount: number): Uint8Array {
  const { built = 'go1.26.5', stated = 'go1.26.5', without = [] } = image;
  const data = new Uint8Array(0x1000);
  const view = new DataView(data.buffer);
  if (built !== null) data.set(buildInfoBlob(built).subarray(0, 0x200));
  if (!without.includes('moduledata')) {
    const end = goImageText + functionCount * functionSize;
    putU64(view, moduledata - dataAddress, tableAddress);
    for (const [i, value] of [goImageText, end, goImageText, end].entries())
      putU64(view, moduledata - dataAddress + 160 + 8 * i, value);
  }
  putU64(view, buildVersion - dataAddress, buildVersion + 0x40);
  putU64(view, buildVersion - dataAddress + 8, stated.length);
  data.set(ascii(stated), buildVersion - dataAddress + 0x40);
  return data;
}

interface Sections {
  readonly image: GoImage;
  readonly at: number;
  readonly tableAt: number;
  readonly tableSize: number;
  readonly dataAt: number;
}

const symbolSizes = { memstats: 0x8000, mheap_: 0x18000, sweep: 0x40 };

function putSections(bytes: Uint8Array, { image, at, tableAt, tableSize, dataAt }: Sections): void {
  const view = new DataView(bytes.buffer);
  const names = [
    '',
    image.sectionNames?.table ?? '.gopclntab',
    image.built === null ? '.data' : '.go.buildinfo',
    '.symtab',
    '.strtab',
    '.shstrtab',
  ];
  const symbols = image.symbols ? goImageSymbols() : [];
  const symbolNames = ['', ...symbols.map(({ name }) => name)];
  const offsetOf = (texts: readonly string[], index: number) =>
    texts.slice(0, index).reduce((sum, text) => sum + text.length + 1, 0);
  const put = (texts: readonly string[], to: number) => {
    const joined = ascii(texts.map((text) => `${text}\0`).join(''));
    bytes.set(joined, to);
    return joined.length;
  };
  for (const [i, { address, size }] of symbols.entries()) {
    const entry = at + 24 * (i + 1);
    view.setUint32(entry, offsetOf(symbolNames, i + 1), true);
    view.setUint16(entry + 6, 1, true);
    putU64(view, entry + 8, address);
    putU64(view, entry + 16, size);
  }
  const sections = [
    { type: 0, address: 0, offset: 0, size: 0 },
    { type: 1, address: tableAddress, offset: tableAt, size: tableSize },
    { type: 1, address: dataAddress, offset: dataAt, size: 0x400 },
    { type: image.symbols ? 2 : 1, address: 0, offset: at, size: 24 * symbolNames.length },
    { type: 3, address: 0, offset: at + 0x400, size: put(symbolNames, at + 0x400) },
    { type: 3, address: 0, offset: at + 0x800, size: put(names, at + 0x800) },
  ];
  for (const [i, { type, address, offset, size }] of sections.entries()) {
    const entry = at + 0xc00 + 64 * i;
    view.setUint32(entry, offsetOf(names, i), true);
    view.setUint32(entry + 4, type, true);
    putU64(view, entry + 16, address);
    putU64(view, entry + 24, offset);
    putU64(view, entry + 32, size);
    view.setUint32(entry + 40, i === 3 ? 4 : 0, true);
  }
  putU64(view, 40, at + 0xc00);
  view.setUint16(58, 64, true);
  view.setUint16(60, sections.length, true);
  view.setUint16(62, 5, true);
}

/** As in Go 1.26. */
export const goImageSymbols = () =>
  Object.entries({ work: 816, gcController: 392, ...symbolSizes, runtimeInitTime: 8 }).map(
    ([name, size]) => ({
      name: `runtime.${name}`,
      address: Object.entries(goImageGlobals).find(([each]) => each === name)?.[1] ?? 0,
      size,
    }),
  );

function putU64(view: DataView, at: number, value: number): void {
  view.setBigUint64(at, BigInt(value), true);
}

interface Segment {
  readonly flags: number;
  readonly at: number;
  readonly address: number;
  readonly size: number;
  readonly memory?: number;
}

function putSegment(
  view: DataView,
  index: number,
  { flags, at, address, size, memory = size }: Segment,
): void {
  const header = 64 + 56 * index;
  view.setUint32(header, 1, true);
  view.setUint32(header + 4, flags, true);
  putU64(view, header + 8, at);
  putU64(view, header + 16, address);
  putU64(view, header + 32, size);
  putU64(view, header + 40, memory);
}
