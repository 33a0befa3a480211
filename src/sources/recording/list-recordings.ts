import { constants } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { GctopError } from '../../error.js';
import type { RecordingCandidate } from '../../gc/candidate.js';
import { decodeLine } from '../../gc/recording.js';
import type { SourceMessage } from '../../gc/stream.js';
import { bytes } from '../../gc/units.js';

/** A folder of thousands is somebody's archive. Names that hold a date sort by it, so the last of them are the newest. */
const mostLookedAt = 200;
/** Where a recording's first target stands, and the last whole line. */
const headBytes = 16 << 10;
const tailBytes = 64 << 10;

/** The recordings in a folder (`*.ndjson` that begin as one), newest first. Nothing but their begin and end is read. */
export async function listRecordings(folder: string): Promise<readonly RecordingCandidate[]> {
  const names = (await namesIn(folder)).filter((name) => name.endsWith('.ndjson'));
  const looked = await Promise.all(names.slice(-mostLookedAt).map((name) => recordingIn(folder, name)));
  return looked
    .filter((recording) => recording !== undefined)
    .sort((a, b) => b.startedUnixMs - a.startedUnixMs || (a.file < b.file ? -1 : 1));
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch {
    return []; // a folder that is gone or closed has no recordings to choose from
  }
}

/** Undefined: it is no recording, or may not be read. */
async function recordingIn(folder: string, file: string): Promise<RecordingCandidate | undefined> {
  let handle: FileHandle | undefined;
  try {
    // Without O_NONBLOCK a pipe of that name would be waited for.
    handle = await open(join(folder, file), constants.O_RDONLY | constants.O_NONBLOCK);
    return await describe(handle, file);
  } catch (error) {
    // A list shows what can be replayed; why something cannot is told by `gctop replay`.
    if (error instanceof GctopError || (error instanceof Error && 'code' in error)) return undefined;
    throw error;
  } finally {
    await handle?.close();
  }
}

async function describe(handle: FileHandle, file: string): Promise<RecordingCandidate | undefined> {
  const stat = await handle.stat();
  if (!stat.isFile()) return undefined;
  const [first = '', ...rest] = (await textAt(handle, 0, headBytes)).split('\n');
  const opened = decodeLine(first, 1);
  if (opened?.type !== 'opened') return undefined;
  const tail = await textAt(handle, Math.max(0, stat.size - tailBytes), tailBytes);
  const last = messages(tail.split('\n').reverse()).next().value;
  const target = [...messages(rest)].find((message) => message.type === 'target');
  return {
    file,
    startedUnixMs: opened.originUnixMs ?? stat.mtimeMs,
    lengthNs: last?.atNs ?? 0,
    size: bytes(stat.size),
    ...(target === undefined ? {} : { target: targetWords(target) }),
  };
}

async function textAt(handle: FileHandle, position: number, length: number): Promise<string> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.toString('utf8', 0, bytesRead);
}

/** The messages of those lines that are whole. */
function* messages(lines: readonly string[]): Generator<SourceMessage, undefined, undefined> {
  for (const line of lines) {
    const message = messageIn(line);
    if (message !== undefined) yield message;
  }
}

function messageIn(line: string): SourceMessage | undefined {
  if (line === '') return undefined;
  try {
    return decodeLine(line, 0);
  } catch (error) {
    if (error instanceof GctopError) return undefined; // cut by where the piece begins or ends
    throw error;
  }
}

const targetWords = ({ target }: Extract<SourceMessage, { type: 'target' }>): string =>
  [target.name, target.goVersion].filter((word) => word !== undefined).join(' ');
