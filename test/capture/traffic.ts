import assert from 'node:assert/strict';
import type { Clock } from '../../src/system/clock.js';
import type { SentRequest } from './captured-call.js';

interface Planned {
  readonly atMs: number;
  /** Sent at the same moment. */
  readonly together?: number;
  readonly path: string;
}

const allocate = (arrayLength: number, bytesPerElement: number): string =>
  `/allocate-memory?arrayLength=${arrayLength}&bytesPerElement=${bytesPerElement}`;
const allocateAndCollect = (arrayLength: number, bytesPerElement: number): string =>
  `/allocate-memory-and-run-gc?arrayLength=${arrayLength}&bytesPerElement=${bytesPerElement}`;

/**
 * Light traffic of every kind. Requests that come together allocate while a cycle marks, which is when goroutines
 * assist; the large elements make few calls for many bytes.
 */
const planned: readonly Planned[] = [
  { atMs: 600, path: allocateAndCollect(100, 8192) },
  { atMs: 1_600, path: '/run-gc' },
  { atMs: 2_200, path: allocate(300, 4096) },
  { atMs: 3_000, path: allocate(200, 4096), together: 2 },
  { atMs: 4_200, path: allocateAndCollect(200, 2048), together: 2 },
  { atMs: 5_200, path: allocate(100, 65_536), together: 4 },
  { atMs: 6_400, path: '/run-gc', together: 2 },
  { atMs: 7_200, path: allocate(150, 8192), together: 2 },
  { atMs: 8_400, path: allocate(120, 65_536), together: 4 },
  { atMs: 9_400, path: allocateAndCollect(100, 8192), together: 2 },
  { atMs: 10_600, path: allocate(200, 8192) },
  { atMs: 11_400, path: '/run-gc' },
];

/** Sends the requests, waits for all answers, and tells when each was sent, by the clock. */
export async function sendPlanned(address: string, clock: Clock): Promise<readonly SentRequest[]> {
  const { signal } = new AbortController();
  const sent: SentRequest[] = [];
  const answers: Promise<void>[] = [];
  for (const { atMs, path, together = 1 } of planned) {
    await clock.sleep(Math.max(0, atMs - clock.nowNs() / 1e6), signal);
    for (let i = 0; i < together; i++) {
      sent.push({ atNs: clock.nowNs(), path });
      answers.push(ask(address, path));
    }
  }
  await Promise.all(answers);
  return sent;
}

async function ask(address: string, path: string): Promise<void> {
  const answer = await fetch(`http://${address}${path}`);
  assert.equal(answer.status, 200, await answer.text());
}
