import { test } from 'node:test';
import type { GcEvent } from '../../src/gc/event.js';
import type { SourceMessage } from '../../src/gc/stream.js';
import { nanos } from '../../src/gc/units.js';
import { assertScreen, modelAfter, sizes } from '../helpers/golden-screen.js';
import { seconds } from '../helpers/model.js';
import { gcServiceScenario, originUnixMs } from '../helpers/scenario.js';

const exitedAtNs = seconds(63.1);
const followedAtNs = seconds(65);
const next = 'gc-service-2';
const { messages, overviewAtNs } = gcServiceScenario();

/** The scenario as its first run, and as much of its end as the second one, which gctop met after its seventh cycle. */
const firstRun = messages.filter(({ atNs }) => atNs <= exitedAtNs);
const lastOfFirst = Math.max(...messages.filter(({ atNs }) => atNs <= followedAtNs).flatMap(numbersIn));
const secondRun = messages.filter(({ atNs }) => atNs > followedAtNs).flatMap(ofSecondRun);

function numbersIn(message: SourceMessage): readonly number[] {
  if (message.type !== 'events') return [];
  return message.events.flatMap((event) => (event.kind === 'cycle' ? [event.cycle.number ?? 0] : []));
}

function again(count: number | undefined): number {
  return (count ?? 0) - lastOfFirst + 7;
}

function ofSecondRun(message: SourceMessage): readonly SourceMessage[] {
  if (message.type !== 'events') return [message];
  const events = message.events.flatMap((event): readonly GcEvent[] => {
    switch (event.kind) {
      case 'cycle':
        return [{ ...event, cycle: { ...event.cycle, number: again(event.cycle.number) } }];
      case 'phase':
        return [{ ...event, cycle: again(event.cycle) }];
      case 'heap':
        return [{ ...event, cycles: again(event.cycles), forcedCycles: 0 }];
      default:
        return [event];
    }
  });
  return [{ ...message, target: next, events }];
}

const exited: SourceMessage = {
  atNs: exitedAtNs,
  type: 'note',
  level: 'warning',
  code: 'target.exited',
  text: 'pid 48213 exited; waiting for gc-service.service to run again',
};

const followed: readonly SourceMessage[] = messages.flatMap((message) =>
  message.type === 'target'
    ? [
        {
          ...message,
          atNs: followedAtNs,
          id: next,
          target: { ...message.target, pid: 48377, startedAtNs: seconds(64.4) },
        },
        {
          atNs: followedAtNs,
          type: 'gap',
          target: next,
          fromNs: seconds(63.05),
          toNs: followedAtNs,
          lost: 7,
          reason: 'the program was restarted',
        },
        {
          atNs: followedAtNs,
          type: 'note',
          level: 'info',
          code: 'target.follows',
          text: 'follows pid 48213 -> 48377, the same unit (gc-service.service), restarted after 1.4 s; its cycles are known from #8 on',
        },
      ]
    : [],
);

for (const size of [sizes.wide, sizes.small, sizes.tiny]) {
  test(`while a program is waited for its last picture stays, at ${size.columns}x${size.rows}`, () =>
    assertScreen(
      'waiting',
      'scenario, the program ended 12 s ago and is waited for',
      modelAfter([...firstRun, exited], { size, originUnixMs, untilNs: nanos(exitedAtNs + 12e9) }),
    ));
}

for (const size of [sizes.wide, sizes.medium, sizes.small]) {
  test(`the charts go on across a restart, at ${size.columns}x${size.rows}`, () =>
    assertScreen(
      'restarted',
      'scenario, the program was restarted',
      modelAfter([...firstRun, exited, ...followed, ...secondRun], {
        size,
        originUnixMs,
        untilNs: overviewAtNs,
      }),
    ));
}
