import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCommandLine } from '../../src/app/command-line.js';
import { invocationOf } from '../../src/app/invocation-of.js';
import { withoutTarget } from '../../src/app/options.js';
import type { Choice } from '../../src/model/picker/picker.js';

function options(...argv: readonly string[]) {
  const invocation = parseCommandLine(argv);
  assert.equal(invocation.type, 'pick');
  return invocation.type === 'pick' ? invocation.options : assert.fail();
}

const chosen: readonly [Choice, readonly string[]][] = [
  [{ type: 'process', pid: 4711 }, ['-p', '4711']],
  [{ type: 'pod', pod: 'default/web' }, ['--pod', 'default/web']],
  [{ type: 'command', words: ['./server', '-v'] }, ['--', './server', '-v']],
  [{ type: 'gctrace', file: 'gc.txt' }, ['--gctrace', 'gc.txt']],
  [{ type: 'recording', file: 'gc.ndjson' }, ['replay', 'gc.ndjson']],
  [{ type: 'demo' }, ['demo']],
];

for (const [choice, argv] of chosen) {
  test(`choosing a ${choice.type} is gctop ${argv.join(' ')}`, () => {
    const { options: _, ...typed } = parseCommandLine(argv) as Exclude<
      ReturnType<typeof parseCommandLine>,
      { type: 'print' }
    >;
    const { options: given, ...picked } = invocationOf(choice, options('--color', 'never'));
    assert.deepEqual(picked, typed);
    assert.equal(given.color, 'never');
  });
}

test('an option that does not go with what was chosen is refused by name', () => {
  assert.throws(() => invocationOf({ type: 'recording', file: 'x' }, options('--record', 'y')), {
    code: 'USAGE',
    message: '--record does not go with replay',
  });
  assert.throws(() => invocationOf({ type: 'demo' }, options('--traffic', 'http://127.0.0.1:1')), {
    message: '--traffic does not go with demo',
  });
});

const targets: readonly (readonly string[])[] = [
  ['-p', '4711', '--no-follow'],
  ['--pod', 'default/web'],
  ['--gctrace', 'gc.txt'],
  ['--', './server'],
  ['demo', '--kubernetes'],
  ['replay', 'gc.ndjson', '--speed', '4'],
];

for (const argv of targets) {
  test(`after the end of gctop ${argv.join(' ')} anything else may be chosen`, () => {
    const first = parseCommandLine(['--color', 'never', ...argv]);
    const left = first.type === 'print' ? assert.fail() : withoutTarget(first.options);
    assert.equal(left.color, 'never');
    for (const [choice, chosenArgv] of chosen) {
      const typed = parseCommandLine([...chosenArgv]);
      assert.equal(invocationOf(choice, left).type, typed.type);
    }
  });
}
