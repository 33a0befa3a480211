import { test } from 'node:test';
import { notInTrace } from '../../src/app/trace.js';
import { nanos } from '../../src/gc/units.js';
import { gctraceMessages } from '../helpers/gctrace-scenario.js';
import { assertScreen, modelAfter, sizes } from '../helpers/golden-screen.js';
import { originUnixMs } from '../helpers/scenario.js';

const ended = await gctraceMessages([notInTrace]);
const reason = 'live heap, phases: kernel.yama.ptrace_scope is 2: needs root';
const running = (await gctraceMessages([reason])).filter(({ type }) => type !== 'closed');
const lastNs = ended.at(-1)?.atNs ?? nanos(0);

for (const size of [sizes.wide, sizes.medium, sizes.small, sizes.tiny]) {
  test(`a gctrace file shows what its lines hold, at ${size.columns}x${size.rows}`, () =>
    assertScreen(
      'gctrace',
      'gctrace of gc-service, go1.26, as a finished file',
      modelAfter(ended, { size, originUnixMs, untilNs: lastNs }),
    ));
}

for (const size of [sizes.medium, sizes.small]) {
  test(`a program that is traced because its memory may not be read says why, at ${size.columns}x${size.rows}`, () =>
    assertScreen(
      'gctrace-fallback',
      'gctrace of gc-service, go1.26, 2 s after its last cycle',
      modelAfter(running, { size, originUnixMs, untilNs: nanos(lastNs + 2e9) }),
    ));
}
