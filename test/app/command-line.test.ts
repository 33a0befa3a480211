import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Invocation, parseCommandLine } from '../../src/app/command-line.js';
import { isFollowing, type Options, optionFlags, optionTable } from '../../src/app/options.js';
import { GctopError } from '../../src/error.js';

const text = (...argv: string[]): string => {
  const invocation = parseCommandLine(argv);
  assert.equal(invocation.type, 'print');
  return invocation.type === 'print' ? invocation.text : '';
};

const refusal = (...argv: string[]): string => {
  try {
    parseCommandLine(argv);
  } catch (error) {
    assert.ok(error instanceof GctopError);
    assert.equal(error.code, 'USAGE');
    return error.message;
  }
  return assert.fail(`'${argv.join(' ')}' was taken`);
};

const understood: readonly [readonly string[], Partial<Invocation>][] = [
  [[], { type: 'pick' }],
  [['--record', 'x', '--context', 'kind', '--no-mouse'], { type: 'pick' }],
  [['-p', '4711'], { type: 'watch', pid: 4711 }],
  [['--pid=4711', '--json'], { type: 'watch', pid: 4711 }],
  [
    ['--', './server', '-p', '8080', '--help'],
    { type: 'run', command: './server', args: ['-p', '8080', '--help'] },
  ],
  [['--json', '--', 'demo'], { type: 'run', command: 'demo', args: [] }],
  [['--gctrace', 'gc.txt', '--lines'], { type: 'gctrace', file: 'gc.txt' }],
  [['--gctrace', '-', '--record', 'x'], { type: 'gctrace', file: '-' }],
  [['--lines', '-p', '4711'], { type: 'watch', pid: 4711 }],
  [['demo'], { type: 'demo' }],
  [['demo', '--kubernetes', '--context', 'kind'], { type: 'demo' }],
  [['--pod', 'default/gc-service', '--rate', '2'], { type: 'pod', pod: 'default/gc-service' }],
  [['--pod', 'web', '--pixie-cloud', 'pixie.example:443', '--pixie-insecure'], { type: 'pod', pod: 'web' }],
  [['demo', '--json', '--rate', '5', '--seconds', '10'], { type: 'demo' }],
  [['replay', 'gc.ndjson', '--speed', '4'], { type: 'replay', file: 'gc.ndjson' }],
];

for (const [argv, expected] of understood) {
  test(`'gctop ${argv.join(' ')}' is understood`, () => {
    const { options: _, ...found } = parseCommandLine(argv) as Exclude<Invocation, { type: 'print' }>;
    assert.deepEqual(found, expected);
  });
}

const refused: readonly [readonly string[], RegExp][] = [
  [['--json'], /nothing to watch: name a process/],
  [['--lines', '--seconds', '1'], /nothing to watch: name a process/],
  [['--'], /no command after --/],
  [['-p', '0'], /'--pid 0': expected a whole number from 1 to/],
  [['-p', '12.5'], /whole number/],
  [['-p', ''], /whole number/],
  [['-p', '1', '--', 'x'], /name several programs/],
  [['-p', '1', '--pod', 'x'], /name several programs/],
  [['-p', '1', '--gctrace', 'x'], /name several programs/],
  [['--follow', '--pod', 'x'], /--follow and --no-follow go with -p alone/],
  [['--no-follow', '--', './server'], /--follow and --no-follow go with -p alone/],
  [['--follow', 'demo'], /--follow does not go with demo/],
  [['--gctrace', 'x', '--', 'y'], /name several programs/],
  [['-p', '1', '--pixie-cloud', 'x'], /--pixie-cloud goes with --pod alone/],
  [['demo', '--port', '80'], /--port goes with --kubernetes alone/],
  [['--pod', ''], /'--pod ': expected a POD/],
  [['--gctrace', 'x', 'demo'], /--gctrace does not go with demo/],
  [['replay', 'x', '--json', '--lines'], /--json and --lines both write to stdout/],
  [['replay', 'x', '--lines', '--speed', '2'], /--speed is for the screen: --lines writes/],
  [['-p', '1', '--seconds', '-4'], /'--seconds -4': expected a number from/],
  [['-p', '1', '--rate', '3'], /--rate needs to know where to/],
  [['-p', '1', '--color', 'mauve'], /expected one of auto, always, never/],
  [['-p', '1', '--probes', 'many'], /'--probes many': expected one of none, light, full/],
  [['-p', '1', '--probe-budget', '0'], /'--probe-budget 0': expected a number from 0.1 to 100/],
  [['-p', '1', '--no-probes'], /unknown option '--no-probes'/],
  [['replay', 'f', '--probes', 'full'], /unknown option '--probes'/],
  [['replay'], /missing required argument 'file'/],
  [['replay', 'f', '--rate', '3'], /unknown option '--rate'/],
  [['demo', '--', 'x'], /goes with gctop alone/],
  [['watch'], /'watch' is no command of gctop/],
  [['foo', '--json'], /'foo' is no command of gctop/],
  [['replay', 'a', 'b'], /too many arguments for replay: 'b'/],
  [['-p', '12', 'demo'], /--pid does not go with demo/],
  [['replay', 'f', '--json', '--speed', '4'], /--speed is for the screen/],
  [['--bogus', '-p', '1'], /unknown option '--bogus'/],
];

for (const [argv, message] of refused) {
  test(`'gctop ${argv.join(' ')}' is refused by name`, () => {
    assert.match(refusal(...argv), message);
  });
}

test('every option of the table stands in the help of gctop or of one of its commands', () => {
  const help = text('--help') + text('demo', '--help') + text('replay', '--help');
  for (const spec of optionTable) assert.ok(help.includes(optionFlags(spec)), spec.name);
});

test('what a flag is without being given is what its negation in the help says', () => {
  const invocation = parseCommandLine(['-p', '1']);
  assert.ok(invocation.type === 'watch');
  assert.equal(invocation.options.mouse, true);
  const without = parseCommandLine(['-p', '1', '--no-mouse']);
  assert.ok(without.type === 'watch');
  assert.equal(without.options.mouse, false);
});

test('probes are light and may cost a hundredth of a core, unless something else is asked for', () => {
  const options = (...argv: string[]) => {
    const invocation = parseCommandLine(argv);
    return invocation.type === 'print' ? assert.fail() : invocation.options;
  };
  assert.deepEqual(pickProbes(options('-p', '1')), ['light', 1]);
  assert.deepEqual(pickProbes(options('-p', '1', '--probes', 'full', '--probe-budget', '2.5')), [
    'full',
    2.5,
  ]);
  assert.deepEqual(pickProbes(options('--probes', 'none', 'demo')), ['none', 1]);
});

const pickProbes = ({ probes, probeBudget }: Options) => [probes, probeBudget];

test('the screen goes on with a restarted program, a stream ends with it, and either can be told otherwise', () => {
  const follows = (...argv: string[]) => {
    const invocation = parseCommandLine(['-p', '1', ...argv]);
    assert.ok(invocation.type === 'watch');
    return isFollowing(invocation.options);
  };
  assert.deepEqual([follows(), follows('--record', 'x'), follows('--no-follow')], [true, true, false]);
  assert.deepEqual([follows('--json'), follows('--lines')], [false, false]);
  assert.deepEqual([follows('--json', '--follow'), follows('--follow', '--lines')], [true, true]);
});

test('the version is printed by itself', () => {
  assert.match(text('--version'), /^\d+\.\d+\.\d+\S*\n$/);
});

test('options may stand before a command, too', () => {
  const before = parseCommandLine(['--json', '--record', 'x', 'demo', '--rate', '5']);
  assert.deepEqual(before, parseCommandLine(['demo', '--json', '--record', 'x', '--rate', '5']));
  assert.ok(before.type === 'demo');
  assert.deepEqual([before.options.json, before.options.record, before.options.rate], [true, 'x', 5]);
});
