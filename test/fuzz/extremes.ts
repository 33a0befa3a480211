import { appendFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { locatingFunctions } from '../../src/binary/globals.js';
import { GctraceReader } from '../../src/gc/gctrace-reader.js';
import { LineCutter } from '../../src/system/line-cutter.js';
import { buildInfoBlob, dataAddress, elfImage } from '../helpers/elf-image.js';
import { goImage } from '../helpers/go-image.js';
import { layoutSince } from './damaged-programs.js';
import { endOfInspecting, memoryOf, nothingBehind, sourceOf } from './inspect.js';
import type { Kind } from './kind.js';
import { endOfReplay } from './recordings.js';

const mebi = 2 ** 20;
const magic = Uint8Array.of(0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8);
const layout = layoutSince('go1.26');

/** Changes one of the made-up images; the view is of all of it. */
function changed(image: Uint8Array, change: (view: DataView) => void): Uint8Array {
  change(new DataView(image.buffer));
  return image;
}

/** Gives all segments the same bytes, to the end of a large file, in as many segments as are asked for. */
const overlapping = (count: number): Uint8Array =>
  changed(elfImage({ without: ['section headers'] }), (view) => {
    view.setUint16(56, count, true);
    for (let i = 0; i < count; i++) {
      const at = 64 + 56 * i;
      view.setUint32(at, 1, true);
      view.setUint32(at + 4, 6, true);
      for (const [j, value] of [0x2000n, 0x50_2000n, 0n, 1n << 40n, 1n << 40n].entries())
        view.setBigUint64(at + 8 + 8 * j, value, true);
    }
  });

/** The size of its segments is that of the file. */
const sizeless = (image: Uint8Array): Uint8Array =>
  changed(image, (view) => {
    for (const at of [64, 64 + 56, 64 + 112]) view.setBigUint64(at + 32, 1n << 40n, true);
  });

/** A table of a million functions, of which every record lies far from the one before. */
function backAndForth(): Uint8Array {
  const image = goImage({ layout, table: 'go1.20' });
  const view = new DataView(image.buffer);
  const at = Number(view.getBigUint64(64 + 56 + 8, true));
  const list = at + Number(view.getBigUint64(at + 64, true));
  const long = new Uint8Array(list + 8 * 1_000_000 + 8);
  long.set(image);
  const longView = new DataView(long.buffer);
  longView.setBigUint64(at + 8, 1_000_000n, true);
  longView.setBigUint64(64 + 56 + 32, 1n << 40n, true);
  longView.setBigUint64(40, 0n, true);
  for (let i = 0; i < 1_000_000; i++)
    longView.setUint32(list + 8 * i + 4, (i % 2) * 32 * mebi + 0x0100_0000, true);
  return long;
}

const text = new TextEncoder();

/** How a recording ends that has this between its header and its end. */
async function recordingWith(
  ...pieces: readonly (readonly [piece: string, times: number])[]
): Promise<string> {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'gctop-fuzz-'));
  const path = join(folder, 'recording.ndjson');
  try {
    writeFileSync(path, '{"atNs":0,"type":"opened","format":1}\n');
    for (const [piece, times] of pieces) {
      const block = piece.repeat(Math.ceil(Math.min(times * piece.length, mebi) / piece.length));
      for (let left = times * piece.length; left > 0; left -= block.length)
        appendFileSync(path, block.slice(0, left));
    }
    appendFileSync(path, '\n{"atNs":9,"type":"closed","reason":"end"}\n');
    return await endOfReplay(path, true);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What is found in a text that comes in pieces. */
function gctraceIn(piece: string, times: number): string {
  const [cutter, reader] = [new LineCutter(), new GctraceReader()];
  const bytes = text.encode(piece);
  for (let i = 0; i < times; i++) for (const line of cutter.push(bytes)) reader.push(line);
  for (const line of cutter.end()) reader.push(line);
  reader.settle();
  return 'read';
}

const sections = (count: number): Uint8Array =>
  changed(elfImage(), (view) => view.setUint16(60, count, true));

/** As many as the made-up image has room for. */
const symbols = locatingFunctions.slice(0, 24).map((name) => ({
  name: `runtime.${name}`,
  address: dataAddress,
  size: 2 ** 40,
}));

/** Inputs that are large, deep or long beyond anything that is made up at random. */
const extremes: Readonly<Record<string, () => string | Promise<string>>> = {
  'a quarter of a gigabyte of beginnings of tables': () =>
    endOfInspecting(
      sourceOf(sizeless(goImage({ layout, without: ['section headers'] })).subarray(0, 0x1000), {
        length: 256 * mebi,
        filler: magic,
      }),
      undefined,
    ),
  'sixty segments over the same 64 MiB': () =>
    endOfInspecting(sourceOf(overlapping(60), { length: 64 * mebi, filler: magic }), undefined),
  'sixty segments in memory': () =>
    endOfInspecting(
      sourceOf(
        changed(overlapping(60), (view) => view.setUint16(16, 3, true)),
        {
          length: 64 * mebi,
          filler: new Uint8Array(0),
        },
      ),
      { loadBias: 0, read: (_, length) => new Uint8Array(length) },
    ),
  'headers of 64 KiB each': () =>
    endOfInspecting(
      sourceOf(
        changed(elfImage(), (view) => view.setUint32(54, 0xffff_ffff, true)),
        { length: 5 * 1024 * mebi, filler: new Uint8Array(0) },
      ),
      undefined,
    ),
  'sections of 64 KiB each': () =>
    endOfInspecting(
      sourceOf(
        changed(elfImage(), (view) => view.setUint32(58, 0xffff_ffff, true)),
        { length: 5 * 1024 * mebi, filler: new Uint8Array(0) },
      ),
      undefined,
    ),
  '65,535 sections': () =>
    endOfInspecting(sourceOf(sections(0xffff), { length: 64 * mebi, filler: magic }), undefined),
  'functions of a terabyte': () =>
    endOfInspecting(
      sourceOf(
        changed(elfImage({ symbols }), (view) => view.setBigUint64(64 + 56 + 32, 1n << 40n, true)),
        { length: 1024 * mebi, filler: new Uint8Array(0) },
      ),
      undefined,
    ),
  'records that lead back and forth': () =>
    endOfInspecting(sourceOf(backAndForth(), { length: 64 * mebi, filler: new Uint8Array(0) }), undefined),
  'a version of 32 GiB': () => {
    const data = buildInfoBlob('go1.26.5');
    data.set([0xff, 0xff, 0xff, 0xff, 0x7f], 32);
    const image = elfImage({ data });
    return endOfInspecting(sourceOf(image, { length: 1024 * mebi, filler: magic }), memoryOf(image));
  },
  'no file at all': () => endOfInspecting(sourceOf(new Uint8Array(0), nothingBehind), undefined),
  'a line of 300 MiB': () => recordingWith(['x', 300 * mebi]),
  'a line of 2 MiB that only opens lists': () => recordingWith(['[', 2 * mebi - 1]),
  'a line of 2 MiB of empty objects': () => recordingWith(['[{}', 1], [',{}', mebi / 2], [']', 1]),
  'a line of 2 MiB of numbers': () => recordingWith(['{"a":[0', 1], [',0', mebi - 10], [']}', 1]),
  'a text of 2 MiB': () =>
    recordingWith(
      ['{"atNs":1,"type":"note","level":"info","code":"', 1],
      ['x', 2 * mebi - 100],
      ['","text":"y"}', 1],
    ),
  'a million lines': () =>
    recordingWith(['{"atNs":1,"type":"note","level":"info","code":"a.b","text":"y"}\n', 1_000_000]),
  'nesting of a hundred thousand levels': () =>
    recordingWith(['{"atNs":1,"type":"closed","reason":', 1], ['[', 100_000], [']', 100_000], ['}\n', 1]),
  'a gctrace line of 64 MiB': () => gctraceIn('gc 1 @1.000s 1%: 0.014+10', 64 * 41_000),
  'a hundred thousand torn lines': () => gctraceIn('gc 1 @1.000s 1%: 0.014+10+\n', 100_000),
  'digits without end': () => gctraceIn('1'.repeat(8_000), 2_000),
};

const all = Object.values(extremes);

export const extremeInputs: Kind = {
  cases: all.length,
  ends: ['NOT_GO', 'STRIPPED', 'RECORDING_UNREADABLE', 'read'],
  async run({ numRuns }, ended) {
    for (let i = 0; i < numRuns; i++) ended((await all[i % all.length]?.()) ?? '');
  },
};
