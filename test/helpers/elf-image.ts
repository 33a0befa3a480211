/** What a made-up program consists of; what is left out is as in a Go 1.26 program for linux/amd64. */
export interface ElfImage {
  readonly machine?: number;
  /** 2 is an executable, 3 position-independent. */
  readonly type?: number;
  /** At 0x401000. */
  readonly code?: Uint8Array;
  /** At 0x502000, the begin of the writable segment. */
  readonly data?: Uint8Array;
  readonly symbols?: readonly ImageSymbol[];
  /** Names of further, empty sections. */
  readonly emptySections?: readonly string[];
  /** What to leave out. */
  readonly without?: readonly ('section headers' | 'symbols' | '.go.buildinfo')[];
}

export interface ImageSymbol {
  readonly name: string;
  readonly address: number;
  readonly size: number;
  /** Where it is defined; 0 is nowhere. */
  readonly section?: number;
}

export const codeAddress = 0x401000;
export const dataAddress = 0x502000;

/** Writes a small ELF file: one segment of code, one of data, and sections for data, symbols and names. */
export function elfImage(image: ElfImage = {}): Uint8Array {
  const without = image.without ?? [];
  const bytes = new Uint8Array(0x4000);
  bytes.set(image.code ?? new Uint8Array(0), 0x1000);
  bytes.set(image.data ?? buildInfoBlob('go1.26.5'), 0x2000);
  writeHeader(new DataView(bytes.buffer), image);
  if (!without.includes('section headers')) writeSections(bytes, image);
  return bytes;
}

/** .go.buildinfo as Go 1.18 and later write it. */
export function buildInfoBlob(version: string, modules = ''): Uint8Array {
  const blob = new Uint8Array(0x1000);
  blob.set(ascii('\xff Go buildinf:\x08\x02'));
  const strings = [version, modules].flatMap((text) => [...uvarint(text.length), ...ascii(text)]);
  blob.set(strings, 32);
  return blob;
}

/** .go.buildinfo as Go 1.17 and earlier write it: two pointers to Go strings, for a blob at the data's begin. */
export function pointedBuildInfoBlob(version: string, modules = ''): Uint8Array {
  const blob = new Uint8Array(0x1000);
  const view = new DataView(blob.buffer);
  blob.set(ascii('\xff Go buildinf:\x08\x00'));
  for (const [i, text] of [version, modules].entries()) {
    const [stringHeader, characters] = [0x40 + 0x10 * i, 0x80 + 0x400 * i];
    writeU64(view, 16 + 8 * i, dataAddress + stringHeader);
    writeU64(view, stringHeader, dataAddress + characters);
    writeU64(view, stringHeader + 8, text.length);
    blob.set(ascii(text), characters);
  }
  return blob;
}

export const ascii = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

const uvarint = (n: number): number[] => (n < 0x80 ? [n] : [(n & 0x7f) | 0x80, ...uvarint(n >>> 7)]);

function writeU64(view: DataView, at: number, value: number): void {
  view.setBigUint64(at, BigInt(value), true);
}

function writeHeader(view: DataView, { machine = 62, type = 2 }: ElfImage): void {
  new Uint8Array(view.buffer).set(ascii('\x7fELF\x02\x01\x01'));
  view.setUint16(16, type, true);
  view.setUint16(18, machine, true);
  writeU64(view, 32, 64);
  view.setUint16(54, 56, true);
  view.setUint16(56, 2, true);
  writeSegment(view, 64, { flags: 5, offset: 0, address: 0x400000, size: 0x2000 });
  writeSegment(view, 64 + 56, { flags: 6, offset: 0x2000, address: dataAddress, size: 0x1000 });
}

interface SegmentImage {
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

function writeSegment(view: DataView, at: number, { flags, offset, address, size }: SegmentImage): void {
  view.setUint32(at, 1, true);
  view.setUint32(at + 4, flags, true);
  writeU64(view, at + 8, offset);
  writeU64(view, at + 16, address);
  writeU64(view, at + 32, size);
  writeU64(view, at + 40, size);
}

/** Section 1 is the data, 2 the symbols, 3 their names, 4 the sections' names; then the empty ones. */
function writeSections(bytes: Uint8Array, image: ElfImage): void {
  const view = new DataView(bytes.buffer);
  const symbols = image.symbols ?? [];
  const without = image.without ?? [];
  const names = [
    '',
    without.includes('.go.buildinfo') ? '.data' : '.go.buildinfo',
    '.symtab',
    '.strtab',
    '.shstrtab',
  ];
  const allNames = [...names, ...(image.emptySections ?? [])];
  const strings = ['', ...symbols.map(({ name }) => name)];
  const sections = [
    { type: 0 },
    { type: 1, address: dataAddress, offset: 0x2000, size: 0x1000 },
    { type: without.includes('symbols') ? 1 : 2, offset: 0x3000, size: 24 * (symbols.length + 1), link: 3 },
    { type: 3, offset: 0x3400, size: placeText(bytes, 0x3400, strings) },
    { type: 3, offset: 0x3900, size: placeText(bytes, 0x3900, allNames) },
    ...(image.emptySections ?? []).map(() => ({ type: 1 })),
  ];
  for (const [i, symbol] of symbols.entries()) {
    writeSymbol(view, 0x3000 + 24 * (i + 1), symbol, offsetOf(strings, i + 1));
  }
  for (const [i, section] of sections.entries()) {
    writeSection(view, 0x3a00 + 64 * i, { name: offsetOf(allNames, i), ...section });
  }
  writeU64(view, 40, 0x3a00);
  view.setUint16(58, 64, true);
  view.setUint16(60, sections.length, true);
  view.setUint16(62, 4, true);
}

function placeText(bytes: Uint8Array, at: number, texts: readonly string[]): number {
  const joined = ascii(texts.map((text) => `${text}\0`).join(''));
  bytes.set(joined, at);
  return joined.length;
}

const offsetOf = (texts: readonly string[], index: number): number =>
  texts.slice(0, index).reduce((sum, text) => sum + text.length + 1, 0);

interface SectionImage {
  readonly name: number;
  readonly type: number;
  readonly address?: number;
  readonly offset?: number;
  readonly size?: number;
  readonly link?: number;
}

function writeSection(view: DataView, at: number, section: SectionImage): void {
  view.setUint32(at, section.name, true);
  view.setUint32(at + 4, section.type, true);
  writeU64(view, at + 16, section.address ?? 0);
  writeU64(view, at + 24, section.offset ?? 0);
  writeU64(view, at + 32, section.size ?? 0);
  view.setUint32(at + 40, section.link ?? 0, true);
}

function writeSymbol(
  view: DataView,
  at: number,
  { address, size, section = 1 }: ImageSymbol,
  name: number,
): void {
  view.setUint32(at, name, true);
  view.setUint16(at + 6, section, true);
  writeU64(view, at + 8, address);
  writeU64(view, at + 16, size);
}
