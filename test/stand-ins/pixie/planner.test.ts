import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CompilerError } from './plan.js';
import { Planner } from './planner.js';

/** What PxL is not, and how it is told: line, column, message. */
const refusals = [
  ['a name that is not defined', 'import px\nfoo(1)\n', [2, 1, "name 'foo' is not defined"]],
  [
    'an attribute that px does not have',
    'import px\n\npx.bar()\n',
    [3, 1, "'px' object has no attribute 'bar'"],
  ],
  ['a bracket that is not closed', 'x = (1\n', [1, 5, "SyntaxError: '(' was never closed"]],
  ['a loop', 'for i in [1]:\n    x = 1\n', [1, 1, "Can't parse expression of type For"]],
  ['an f-string', "import px\nx = f'{px}'\n", [2, 5, "Expression node 'JoinedStr' not defined"]],
  [
    'a default value',
    'def f(a=1):\n    return a\n',
    [1, 9, 'default values not supported in function definitions'],
  ],
  ['two targets', 'a = b = 1\n', [1, 1, 'We only support single target assignment.']],
  ['a module of Python', 'import os\n', [1, 1, "ModuleNotFoundError: No module named 'os'"]],
  ['nothing but a comment', '# nothing\n', [1, 1, 'No runnable code found']],
  [
    'something to display that is no table',
    'import px\npx.display(3)\n',
    [2, 1, "Expected 'DataFrame', got int"],
  ],
  [
    'a probe that returns nothing',
    "import pxtrace\n@pxtrace.probe('f')\ndef f():\n    pxtrace.FunctionLatency()\npxtrace.UpsertTracepoint('a', 'b', f, pxtrace.PodProcess('c/d'), '1m')\n",
    [5, 1, 'Improper probe definition: missing output spec of probe, add a return statement'],
  ],
  [
    'an argument that is read outside a probe',
    "import pxtrace\nx = pxtrace.ArgExpr('n')\n",
    [2, 5, 'Missing current probe'],
  ],
] as const;

for (const [what, script, [line, column, message]] of refusals) {
  test(`${what} is refused: ${message}`, async (t) => {
    const planner = new Planner();
    t.after(() => planner.close());
    await assert.rejects(planner.plan(script), (error) => {
      assert.ok(error instanceof CompilerError);
      assert.deepEqual({ ...error.place, message: error.message }, { line, column, message });
      return true;
    });
  });
}

test('variables, several probes and any order of arguments are read as Python reads them', async (t) => {
  const planner = new Planner();
  t.after(() => planner.close());
  const { mutations } = await planner.plan(`import pxtrace
pod = 'default/' + 'gc'
@pxtrace.probe('runtime.GC')
def a():
    return [{'latency': pxtrace.FunctionLatency()}]
@pxtrace.probe("sweepone")
def b():
    return [{'npages': pxtrace.RetExpr('$0'), 'latency': pxtrace.FunctionLatency()}]
pxtrace.UpsertTracepoint('one', 't1', a, pxtrace.PodProcess(pod), '90s')
pxtrace.UpsertTracepoint(ttl='12h', target=pxtrace.PodProcess(pod_name=pod, container_name='app'), probe_fn=b,
                         table_name='t2', name='two')
pxtrace.DeleteTracepoint('three')
`);
  const target = { pod: 'default/gc', container: '', process: '' };
  const latency = { column: 'latency', of: 'latency', expression: '' };
  assert.deepEqual(mutations, [
    {
      kind: 'upsert',
      name: 'one',
      table: 't1',
      ttlNs: '90000000000',
      program: { symbol: 'runtime.GC', outputs: [latency] },
      target,
    },
    {
      ...{ kind: 'upsert', name: 'two', table: 't2', ttlNs: '43200000000000' },
      program: {
        symbol: 'sweepone',
        outputs: [{ column: 'npages', of: 'result', expression: '$0' }, latency],
      },
      target: { ...target, container: 'app' },
    },
    { kind: 'delete', name: 'three' },
  ]);
});

test('an integer of 64 bits stays whole, and a name that is displayed twice gets a number', async (t) => {
  const planner = new Planner();
  t.after(() => planner.close());
  const { displays } = await planner.plan(
    "import px\ndf = px.DataFrame('t', start_time=1767323045123456789)\npx.display(df, 'x')\npx.display(df, 'x')\npx.display(df)\n",
  );
  assert.deepEqual(
    displays.map(({ name }) => name),
    ['x', 'x_1', 'output'],
  );
  const source = displays[0]?.frame.source;
  assert.deepEqual(source?.kind === 'table' && source.start, { type: 'int64', value: '1767323045123456789' });
});
