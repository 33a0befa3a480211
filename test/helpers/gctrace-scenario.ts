import { fileURLToPath } from 'node:url';
import type { SourceMessage } from '../../src/gc/stream.js';
import { fileText } from '../../src/sources/gctrace/file-text.js';
import { gctraceSource } from '../../src/sources/gctrace/source.js';
import { textClock } from '../../src/sources/gctrace/text-clock.js';
import { type Clock, systemClock } from '../../src/system/clock.js';
import { collect } from '../contract/source.js';
import { originUnixMs } from './scenario.js';

/** What the demo service printed with Go 1.26 under traffic by hand: 26 cycles in eleven seconds. */
export const gctraceFixture = fileURLToPath(
  new URL('../fixtures/gctrace/gc-service-go1.26.txt', import.meta.url),
);

/** The stream of that text, as `gctop --gctrace FILE` gives it, or with the reason of a program that cannot be read. */
export function gctraceMessages(missing: readonly string[]): Promise<readonly SourceMessage[]> {
  const clock = textClock(systemClock(), { originUnixMs });
  const text = fileText({ path: gctraceFixture, clock: longAfter });
  const source = gctraceSource({ name: 'gc-service', missing, clock, text, announceAfterMs: 0 });
  return collect(source, new AbortController().signal);
}

/** So late that the file is finished. */
const longAfter: Clock = { ...systemClock(), originUnixMs: Number.MAX_SAFE_INTEGER };
