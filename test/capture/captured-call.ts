import type { ProbeName } from '../../src/gc/probe.js';

/** One call, as a line of a capture holds it; `startNs` since the capture began. */
export type CapturedCall = readonly [
  probe: ProbeName,
  startNs: number,
  latencyNs: number,
  /** Of the goroutine for which it ran; 0 where the thread had none. */
  goid: number,
  args: Readonly<Record<string, number>>,
];

/** The first line of a capture. */
export interface CaptureHead {
  readonly goVersion: string;
  readonly durationNs: number;
  /** The day. */
  readonly recorded: string;
  readonly requests: readonly SentRequest[];
  /** Calls that the kernel or the capture lost. */
  readonly lost: number;
}

/** Traffic: what was asked of the service, and when, since the capture began. */
export interface SentRequest {
  readonly atNs: number;
  readonly path: string;
}

/** A capture: its head, and the calls in the order in which they returned. */
export interface Capture {
  readonly head: CaptureHead;
  readonly calls: readonly CapturedCall[];
}

/** A capture as text, a line each. */
export const formatCapture = ({ head, calls }: Capture): string =>
  [head, ...calls].map((line) => `${JSON.stringify(line)}\n`).join('');

/** Reads what formatCapture wrote; the types are promised, not checked. */
export function parseCapture(text: string): Capture {
  const [first = '', ...rest] = text.trimEnd().split('\n');
  const head: CaptureHead = JSON.parse(first);
  return { head, calls: rest.map((line): CapturedCall => JSON.parse(line)) };
}

/** When a call returned. */
export const endOf = ([, startNs, latencyNs]: CapturedCall): number => startNs + latencyNs;
