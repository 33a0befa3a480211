import { test } from 'node:test';
import type { GcEvent } from '../../src/gc/event.js';
import type { SourceMessage } from '../../src/gc/stream.js';
import { assertScreen, modelAfter, sizes } from '../helpers/golden-screen.js';
import { seconds } from '../helpers/model.js';
import { gcServiceScenario, originUnixMs, trafficAddress } from '../helpers/scenario.js';

const { messages, overviewAtNs } = gcServiceScenario();
const unprobed = gcServiceScenario('none').messages;
const options = { originUnixMs, trafficAddress, trafficRate: 12, untilNs: overviewAtNs };

/** Two cycles of three as the sampler tells them when it came too late for their record. */
function fromMemory(message: SourceMessage): SourceMessage {
  if (message.type === 'target') {
    const missing = ['whole record of each cycle: needs root and tracefs'];
    return { ...message, capabilities: { ...message.capabilities, everyCycleWhole: false, missing } };
  }
  return message.type === 'events' ? { ...message, events: message.events.map(sampled) } : message;
}

function sampled(event: GcEvent): GcEvent {
  if (event.kind !== 'cycle' || (event.cycle.number ?? 0) % 3 === 0) return event;
  const { number, trigger, endAtNs, pauseNs, markTermAtNs = endAtNs } = event.cycle;
  const pause = pauseNs ?? seconds((endAtNs - markTermAtNs) / 1e9);
  return {
    kind: 'cycle',
    cycle: {
      ...(number === undefined ? {} : { number }),
      trigger,
      endAtNs,
      pauseNs: pause,
      evidence: 'partial',
    },
  };
}

for (const size of [sizes.wide, sizes.medium, sizes.small, sizes.tiny]) {
  test(`from memory alone much is unknown and said to be, at ${size.columns}x${size.rows}`, () =>
    assertScreen(
      'memory-only',
      'scenario, read from memory alone',
      modelAfter(unprobed.map(fromMemory), { ...options, size }),
    ));
}

const gap = { fromNs: seconds(63), toNs: seconds(64.6) };

/** Nothing of the target comes from gctop's stop until it goes on. */
const suspended: readonly SourceMessage[] = [
  ...messages.filter(
    ({ type, atNs }) => type === 'note' || type === 'opened' || atNs < gap.fromNs || atNs > gap.toNs,
  ),
  {
    atNs: gap.toNs,
    type: 'gap',
    target: 'gc-service-1',
    ...gap,
    lost: 6,
    reason: 'gctop was suspended',
  } as const,
].toSorted((a, b) => a.atNs - b.atNs);

for (const size of [sizes.wide, sizes.small]) {
  test(`a gap is hatched and told, at ${size.columns}x${size.rows}`, () =>
    assertScreen('gap', 'scenario, suspended for 1.6 s', modelAfter(suspended, { ...options, size })));
}
