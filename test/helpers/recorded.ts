import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeLine, encodeMessage } from '../../src/gc/recording.js';
import type { SourceMessage } from '../../src/gc/stream.js';

/** What the demo service did in ten seconds at three requests a second, with keys g and b pressed: a real recording. */
export const gcServiceRecording = join(
  dirname(fileURLToPath(import.meta.url)),
  '../fixtures/recordings/gc-service.ndjson',
);

/** The lines of a recording. */
export const recordedLines = (path: string): readonly string[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');

/** The messages of a recording. */
export const recordedMessages = (path: string): readonly SourceMessage[] => decodeLines(recordedLines(path));

/** Messages as they come out of the recording that they were written to. */
export const recordedAndRead = (messages: readonly SourceMessage[]): readonly SourceMessage[] =>
  decodeLines(messages.map(encodeMessage));

const decodeLines = (lines: readonly string[]): readonly SourceMessage[] =>
  lines.flatMap((line, index) => decodeLine(line, index + 1) ?? []);
