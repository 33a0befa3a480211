import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { GoProgram } from '../../src/binary/go-program.js';
import { parseGoVersion } from '../../src/binary/go-version.js';
import { columns, type Row, table } from '../../src/binary/layouts-table.js';
import { openProcess } from '../../src/sources/local/process.js';
import { build, startTraced } from '../helpers/go-program.js';
import { liveTest } from '../helpers/live.js';

const { g: goroutine, m: _thread, ...globals } = table;
const rows = Object.entries(globals).flatMap(([global, fields]) =>
  Object.entries<Row<number | undefined>>(fields).map(([field, { offsets }]) => ({ global, field, offsets })),
);

for (const [what, flags] of [
  ['with symbols', []],
  ['stripped', ['-ldflags=-s -w']],
] as const) {
  liveTest(`a running program, ${what}, is refused by name where the table is wrong about any field`, (t) =>
    refusals(t, flags),
  );
}

liveTest(
  'of a running program no goroutine is named where the table is wrong about where its id is',
  async (t) => {
    const { path } = await build('collector', { flags: ['-ldflags=-s -w'] });
    const program = await startTraced(path, []);
    t.after(() => program.end());
    assert.equal(opened(program.pid).knowsGoroutines, true);
    for (const offsets of [goroutine.goid.offsets, goroutine.m.offsets]) {
      const whole = [...offsets];
      for (const shift of [-8, 8]) {
        try {
          Object.assign(
            offsets,
            whole.map((offset) => offset + shift),
          );
          assert.equal(opened(program.pid).knowsGoroutines, false);
        } finally {
          Object.assign(offsets, whole);
        }
      }
    }
  },
);

/** Moves each field of the program's own column in turn, as a table that is wrong would, and opens the program. */
async function refusals(t: TestContext, flags: readonly string[]): Promise<void> {
  const { path } = await build('collector', { flags });
  const program = await startTraced(path, []);
  t.after(() => program.end());
  const { goVersion } = opened(program.pid);
  const { minor = 0, patch = 0 } = parseGoVersion(goVersion) ?? {};
  const column = columns.findLastIndex(
    (each) => each.minor === minor && each.patch <= patch && !('experiment' in each),
  );
  let refused = 0;
  for (const { global, field, offsets } of rows) {
    const offset = offsets[column];
    if (offset === undefined) continue;
    for (const shift of [-8, 4, 8]) {
      if (offset + shift < 0) continue;
      try {
        Object.assign(offsets, { [column]: offset + shift });
        const named = new RegExp(`^process '${program.pid}' .* cannot be watched: .*'runtime\\.${global}`);
        assert.throws(
          () => opened(program.pid),
          { code: 'UNKNOWN_LAYOUT', message: named },
          `${field} ${shift}`,
        );
        refused++;
      } finally {
        Object.assign(offsets, { [column]: offset });
      }
    }
  }
  t.diagnostic(`${goVersion}: ${refused} wrong tables were refused`);
  assert.ok(refused > 120, `${refused}`);
  assert.equal(opened(program.pid).goVersion, goVersion);
}

function opened(pid: number): GoProgram {
  const { memory, program } = openProcess(pid);
  memory.close();
  return program;
}
