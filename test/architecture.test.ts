import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const src = join(dirname(fileURLToPath(import.meta.url)), '..', 'src');

/** Which rooms a room may import; `error` is open to all. A room may always import itself. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  error: [],
  gc: [],
  binary: [],
  system: ['gc/units'],
  model: ['gc'],
  view: ['gc', 'model'],
  sources: ['gc', 'binary', 'system'],
  effects: ['gc', 'model', 'sources', 'system'],
  terminal: ['view', 'model'],
  app: ['gc', 'binary', 'model', 'view', 'sources', 'effects', 'system', 'terminal', 'app'],
  cli: ['gc', 'app', 'system'],
};

/** Imported for their types alone. */
const typesOnly: Readonly<Record<string, readonly string[]>> = {
  effects: ['model', 'sources'],
  terminal: ['view', 'model'],
};

const pureRooms = ['gc', 'binary', 'model', 'view'];

/** The one file that may import each of these packages. */
const onlyImporter: Readonly<Record<string, string>> = {
  execa: 'system/process.ts',
  blessed: 'terminal/blessed.ts',
  'blessed-contrib': 'terminal/blessed.ts',
  'node:child_process': 'system/process.ts',
};

interface Import {
  readonly file: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

test('every import inside src goes to a room that the table allows', () => {
  const wrong = relativeImports().filter(({ file, specifier }) => !isAllowed(file, target(file, specifier)));
  assert.deepEqual(wrong.map(describe), []);
});

test('rooms that are known to others by their types only are imported as types', () => {
  const wrong = relativeImports().filter(({ file, specifier, typeOnly }) => {
    const to = roomOf(target(file, specifier));
    return !typeOnly && (typesOnly[roomOf(file)] ?? []).includes(to) && roomOf(file) !== to;
  });
  assert.deepEqual(wrong.map(describe), []);
});

test('pure rooms import no Node module', () => {
  const wrong = allImports().filter(
    ({ file, specifier }) => pureRooms.includes(roomOf(file)) && isNodeModule(specifier),
  );
  assert.deepEqual(wrong.map(describe), []);
});

test('a package that is kept behind one file is imported there and nowhere else', () => {
  const wrong = allImports().filter(({ file, specifier }) => {
    const owner = onlyImporter[specifier.startsWith('blessed-contrib') ? 'blessed-contrib' : specifier];
    return owner !== undefined && owner !== file;
  });
  assert.deepEqual(wrong.map(describe), []);
});

test('sources do not know each other', () => {
  const wrong = relativeImports().filter(({ file, specifier }) => {
    const [from, to] = [source(file), source(target(file, specifier))];
    return from !== undefined && to !== undefined && from !== to;
  });
  assert.deepEqual(wrong.map(describe), []);
});

test('no file in src is longer than 300 lines', () => {
  const long = sourceFiles()
    .filter((file) => !file.includes('/gen/') && !file.endsWith('-table.ts'))
    .map((file) => ({ file, lines: read(file).split('\n').length - 1 }))
    .filter(({ lines }) => lines > 300);
  assert.deepEqual(long, []);
});

test('time is read and set in system/clock.ts only', () => {
  const wrong = sourceFiles().filter(
    (file) => file !== 'system/clock.ts' && /\bDate\.now\(|\bsetInterval\(|\bhrtime\b/.test(read(file)),
  );
  assert.deepEqual(wrong, []);
});

test('a return probe of the kernel is written nowhere: it crashes Go programs', () => {
  const wrong = sourceFiles().filter((file) => /uretprobe:|['"`]r\d*:|%return\b/.test(read(file)));
  assert.deepEqual(wrong, []);
});

function isAllowed(file: string, to: string): boolean {
  const from = roomOf(file);
  if (roomOf(to) === from || to === 'error.ts') return true;
  const allowed = mayImport[from];
  assert.ok(allowed, `'${file}' lies in no known room`);
  return allowed.some((room) => to === `${room}.ts` || to.startsWith(`${room}/`));
}

/** The first folder below src, or the name of a file that lies there. */
const roomOf = (file: string): string => (file.split('/')[0] ?? file).replace(/\.ts$/, '');

const source = (file: string): string | undefined => /^sources\/([^/]+)\//.exec(file)?.[1];

const isNodeModule = (specifier: string): boolean =>
  specifier.startsWith('node:') || builtinModules.includes(specifier);

function target(file: string, specifier: string): string {
  return relative(src, join(src, dirname(file), specifier)).replace(/\.js$/, '.ts');
}

const relativeImports = (): Import[] => allImports().filter(({ specifier }) => specifier.startsWith('.'));

function allImports(): Import[] {
  return sourceFiles().flatMap((file) =>
    [
      ...read(file).matchAll(
        /(?:^|\n)\s*(?:import|export)\s+(type\s)?[^;'"]*?from\s+'([^']+)'|import\('([^']+)'\)/g,
      ),
    ].map(([, type, named, dynamic]) => ({
      file,
      specifier: named ?? dynamic ?? '',
      typeOnly: type !== undefined,
    })),
  );
}

const describe = ({ file, specifier }: Import): string => `${file} imports ${specifier}`;

const read = (file: string): string => readFileSync(join(src, file), 'utf8');

const sourceFiles = (): string[] =>
  readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
