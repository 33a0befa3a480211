import { setMaxListeners } from 'node:events';
import { Agent } from 'node:http';
import { GctopError } from '../error.js';
import type { Note, TrafficButton, TrafficReport } from '../gc/stream.js';
import { durationNs, type Nanos } from '../gc/units.js';
import type { TrafficShape } from '../model/command.js';
import type { Clock } from '../system/clock.js';
import { type Answer, pathOf, request } from './request.js';

/** How many requests a burst sends at once. */
export const burstRequests = 4;

/** Steady traffic waits for answers once this many are under way, so that a slow service is not buried. */
const mostUnderWay = 64;

export interface Traffic {
  /** Sends what a button stands for; its answer comes back as a note. */
  send(button: TrafficButton, shape: TrafficShape): void;
  /** Sends this many allocations a second from now on; 0 ends it. */
  setRate(perSecond: number, shape: TrafficShape): void;
  /** Ends everything under way; nothing is told from here on. */
  end(): void;
}

export interface TrafficOptions {
  /** Where requests go now; undefined while there is no way to the service. */
  readonly address: () => URL | undefined;
  readonly clock: Clock;
  readonly tell: (note: Note) => void;
  /** A request got no answer at all: the way to the service may be broken. */
  readonly onNoAnswer?: () => void;
}

/** Sends requests to a service with the demo's endpoints and reports every answer. */
export function createTraffic({ address, clock, tell, onNoAnswer }: TrafficOptions): Traffic {
  const agent = new Agent({ keepAlive: true });
  const ended = new AbortController();
  const { signal } = ended;
  setMaxListeners(0, signal); // every request under way listens to it
  let underWay = 0;
  let steady = new AbortController();

  const ask = async (button: TrafficReport['button'], path: string, requests: number): Promise<void> => {
    const base = address();
    if (base === undefined) return;
    underWay += requests;
    const startedAtNs = clock.nowNs();
    const asked = Array.from({ length: requests }, () =>
      timed(new URL(`.${path}`, base), agent, clock, signal),
    );
    const answers = await Promise.all(asked);
    underWay -= requests;
    if (!signal.aborted && answers.some(({ status }) => status === undefined)) onNoAnswer?.();
    if (!signal.aborted) tell(answered(toReport(button, path, answers, startedAtNs, clock.nowNs())));
  };

  return {
    send(button, shape) {
      if (address() === undefined) {
        tell(refused(button));
        return;
      }
      const path = pathOf(button, shape);
      const requests = button === 'b' ? burstRequests : 1;
      tell({ type: 'note', level: 'info', code: 'traffic.sent', text: `${button}: ${told(button, shape)}` });
      void ask(button, path, requests);
    },
    setRate(perSecond, shape) {
      steady.abort();
      steady = new AbortController();
      if (perSecond <= 0) return;
      const both = AbortSignal.any([signal, steady.signal]);
      void keepSending(perSecond, clock, both, () => {
        if (underWay < mostUnderWay) void ask('rate', pathOf('a', shape), 1);
      });
    },
    end() {
      ended.abort();
      agent.destroy();
    },
  };
}

/** Reads `--traffic`. Throws `USAGE`. */
export function trafficAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:') {
    throw new GctopError('USAGE', `'--traffic ${text}': expected an address such as http://127.0.0.1:8080`);
  }
  url.pathname = url.pathname.replace(/\/*$/, '/'); // requests go below it
  return url;
}

interface TimedAnswer extends Answer {
  readonly latencyNs: Nanos;
}

async function timed(url: URL, agent: Agent, clock: Clock, signal: AbortSignal): Promise<TimedAnswer> {
  const startedAtNs = clock.nowNs();
  const answer = await request(url, agent, signal);
  return { ...answer, latencyNs: durationNs(clock.nowNs() - startedAtNs) };
}

/** Calls `send` at a steady rate until aborted; a late wake-up is caught up with. */
async function keepSending(
  perSecond: number,
  clock: Clock,
  signal: AbortSignal,
  send: () => void,
): Promise<void> {
  const periodNs = 1e9 / perSecond;
  let nextNs: number = clock.nowNs();
  try {
    while (true) {
      nextNs = Math.max(nextNs + periodNs, clock.nowNs() - 1e9);
      send();
      await clock.sleep(Math.max(0, (nextNs - clock.nowNs()) / 1e6), signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function toReport(
  button: TrafficReport['button'],
  path: string,
  answers: readonly TimedAnswer[],
  startedAtNs: Nanos,
  endedAtNs: Nanos,
): TrafficReport {
  const last = answers.at(-1);
  const failed = answers.filter(({ status }) => status === undefined || status >= 400);
  const shown = failed[0] ?? last;
  return {
    button,
    path: path.replace(/\?.*/, ''),
    requests: answers.length,
    failed: failed.length,
    ...(shown?.status === undefined ? {} : { status: shown.status }),
    startedAtNs,
    endedAtNs,
    slowestNs: durationNs(Math.max(...answers.map(({ latencyNs }) => latencyNs))),
    ...(shown === undefined ? {} : { answer: shown.text }),
  };
}

const refused = (button: TrafficButton): Note => ({
  type: 'note',
  level: 'warning',
  code: 'traffic.refused',
  text: `${button}: not sent, there is no way to the service yet`,
});

function answered(report: TrafficReport): Note {
  const { button, requests, failed, status, slowestNs, answer } = report;
  const times = requests > 1 ? `${requests} x ` : '';
  const outcome = failed === 0 ? `${times}${status}` : `${failed} of ${requests} failed (${answer})`;
  return {
    type: 'note',
    level: failed === 0 ? 'info' : 'warning',
    code: 'traffic.answer',
    text: `${button}: ${outcome} in ${(slowestNs / 1e6).toFixed(1)} ms`,
    traffic: report,
  };
}

function told(button: TrafficButton, shape: TrafficShape): string {
  const path = pathOf(button, shape).replace(/\?.*/, '');
  const size = `${shape.arrayLength.toLocaleString('en-US')} x ${shape.bytesPerElement.toLocaleString('en-US')} B`;
  if (button === 'c') return path;
  return button === 'b' ? `burst of ${burstRequests} x ${path}  ${size}` : `${path}  ${size}`;
}
