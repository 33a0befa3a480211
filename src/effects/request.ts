import { type Agent, get } from 'node:http';
import type { TrafficButton } from '../gc/stream.js';
import type { TrafficShape } from '../model/command.js';

/** How one request ended. */
export interface Answer {
  /** HTTP status; absent when no answer came. */
  readonly status: number | undefined;
  /** The answer's first line, or why there was none. */
  readonly text: string;
}

/** Answers longer than this are read to their end but not kept. */
const keptCharacters = 200;
const timeoutMs = 60_000;

const endpoint: Readonly<Record<TrafficButton, string>> = {
  g: '/allocate-memory-and-run-gc',
  a: '/allocate-memory',
  c: '/run-gc',
  b: '/allocate-memory',
};

/** The path that a button asks for: the endpoints of the demo service (manifests/gc-service). */
export function pathOf(button: TrafficButton, { arrayLength, bytesPerElement }: TrafficShape): string {
  const path = endpoint[button];
  return button === 'c' ? path : `${path}?arrayLength=${arrayLength}&bytesPerElement=${bytesPerElement}`;
}

/** Sends one GET. Never rejects: a failure is an answer without a status. */
export function request(url: URL, agent: Agent, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve) => {
    const failed = (error: Error) => resolve({ status: undefined, text: error.message });
    const sent = get(url, { agent, signal, timeout: timeoutMs }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        if (text.length < keptCharacters) text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, text: firstLine(text) }));
      response.on('error', failed);
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
    sent.on('error', failed);
  });
}

const firstLine = (text: string): string => (text.split('\n', 1)[0] ?? '').slice(0, keptCharacters);
