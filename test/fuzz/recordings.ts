import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { GctopError } from '../../src/error.js';
import { encodeMessage } from '../../src/gc/recording.js';
import { update } from '../../src/model/update.js';
import { recordingSource } from '../../src/sources/recording/source.js';
import { Channel } from '../../src/system/channel.js';
import { view } from '../../src/view/view.js';
import { arbitraryMessage } from '../helpers/arbitraries.js';
import { emptyModel } from '../helpers/model.js';
import { gcServiceScenario } from '../helpers/scenario.js';
import type { Kind } from './kind.js';

/** Lines as a recorder writes them, made once: some of any messages, some of a real story. */
const lines = [
  ...fc.sample(arbitraryMessage, { numRuns: 300, seed: 1 }),
  ...gcServiceScenario().messages.slice(0, 100),
].map(encodeMessage);
const header = '{"atNs":0,"type":"opened","format":1}';

const numbers = [
  '-1',
  '1e999',
  '9007199254740993',
  '-9007199254740991',
  '0.5',
  '1e-400',
  'null',
  '"7"',
  '[]',
  '-0',
  'NaN',
];

const damage = fc.oneof(
  { weight: 4, arbitrary: fc.constant((line: string) => line) },
  fc.nat(1000).map((at) => (line: string) => line.slice(0, at % (line.length + 1))),
  fc.tuple(fc.nat(30), fc.constantFrom(...numbers)).map(([which, number]) => (line: string) => {
    let seen = 0;
    return line.replace(/-?\d+(\.\d+)?(e[+-]?\d+)?/g, (each) => (seen++ === which ? number : each));
  }),
  fc.tuple(fc.nat(300), fc.string({ maxLength: 8, unit: 'binary' })).map(([at, into]) => (line: string) => {
    return line.slice(0, at) + into + line.slice(at);
  }),
  fc.tuple(fc.nat(10), fc.jsonValue()).map(([which, value]) => (line: string) => {
    let seen = 0;
    return line.replace(/:(?:"[^"]*"|-?\d+)/g, (each) =>
      seen++ === which ? `:${JSON.stringify(value)}` : each,
    );
  }),
  fc.constantFrom(10, 200, 20_000).chain((depth) =>
    fc.constantFrom('[]', '{}').map(([open = '', close = '']) => (line: string) => {
      const begin = open === '{' ? '{"":' : open;
      return line.replace(/:(?=["\d[{])/, `:${begin.repeat(depth)}0${close.repeat(depth)},"x":`);
    }),
  ),
  fc
    .constantFrom(
      '',
      '[]',
      '0',
      '"text"',
      '\u0000',
      '{"type":"__proto__"}',
      '{"__proto__":{"type":"closed"}}',
    )
    .map((text) => () => text),
);

const cases = fc.record({
  hasHeader: fc.constantFrom(true, true, true, true, false),
  lines: fc.array(fc.tuple(fc.constantFrom(...lines), damage), { maxLength: 8 }),
  lineEnd: fc.constantFrom('\n', '\n', '\r\n'),
  hasEnd: fc.boolean(),
  isShown: fc.constantFrom(false, false, false, true),
  /** A line that goes on and on. */
  long: fc.oneof(
    { weight: 400, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constantFrom(70_000, 5 << 20) },
  ),
});

/** Thousands of files are written, none of which anybody keeps. */
const memoryDisk = '/dev/shm';

/** Recordings with damaged lines; what is read of them goes through the model and onto a screen. */
export const recordings: Kind = {
  cases: 10_000,
  ends: ['read', 'RECORDING_UNREADABLE'],
  run: (runs, ended) => {
    const folder = mkdtempSync(join(existsSync(memoryDisk) ? memoryDisk : tmpdir(), 'gctop-fuzz-'));
    process.once('exit', () => rmSync(folder, { recursive: true }));
    const path = join(folder, 'recording.ndjson');
    const property = fc.asyncProperty(
      cases,
      async ({ hasHeader, lines: chosen, lineEnd, hasEnd, isShown, long }) => {
        const damaged = chosen.map(([line, change]) => change(line));
        const text = [...(hasHeader ? [header] : []), ...damaged, ...(long > 0 ? ['['.repeat(long)] : [])];
        writeFileSync(path, text.join(lineEnd) + (hasEnd ? lineEnd : ''));
        ended(await endOfReplay(path, isShown));
      },
    );
    return fc.assert(property, runs);
  },
};

/** `isShown`: through the model and onto a screen, which takes most of the time. */
export async function endOfReplay(path: string, isShown: boolean): Promise<string> {
  const model = isShown ? emptyModel({ size: { columns: 100, rows: 30 } }) : undefined;
  let end = 'read';
  try {
    const messages = recordingSource({ path }).open(new AbortController().signal, new Channel());
    for await (const message of messages) if (model) update(model, { type: 'source', message });
  } catch (error) {
    if (!(error instanceof GctopError) || error.code === 'INTERNAL') throw error;
    end = error.code;
  }
  if (model) view(model);
  return end;
}
