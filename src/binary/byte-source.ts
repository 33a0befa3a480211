import { GctopError } from '../error.js';

/** A file that is read piece by piece, so that a program of 100 MB is never held whole. */
export interface ByteSource {
  readonly size: number;
  /** The bytes from `offset`; fewer than `length` only where the file ends. May throw what its file system throws. */
  read(offset: number, length: number): Uint8Array;
}

/** A source over bytes that are already in memory. */
export const bytesOf = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  read: (offset, length) => bytes.subarray(offset, offset + length),
});

/** Reads what there is of a range. A source is never asked for more than its file has, whatever a header claims. */
export function readUpTo(source: ByteSource, offset: number, length: number): Uint8Array {
  if (!(offset >= 0 && offset < source.size && length > 0)) return new Uint8Array(0);
  return source.read(offset, Math.min(length, source.size - offset));
}

/** Reads a whole range, `what` by name, or throws NOT_GO: the file ends too early. */
export function readExactly(source: ByteSource, offset: number, length: number, what: string): DataView {
  const bytes = readUpTo(source, offset, length);
  if (bytes.length < length) throw new GctopError('NOT_GO', `the file is cut short: its ${what} is missing`);
  return viewOf(bytes);
}

/** Calls `visit` with successive chunks of a range; each begins with the last `overlap` bytes of the one before. */
export function eachChunk(
  source: ByteSource,
  range: { readonly offset: number; readonly length: number; readonly overlap: number },
  visit: (chunk: Uint8Array, at: number) => 'stop' | undefined,
): void {
  const step = chunkSize - range.overlap;
  for (let at = 0; at < range.length; at += step) {
    const chunk = readUpTo(source, range.offset + at, Math.min(chunkSize, range.length - at));
    if (chunk.length === 0 || visit(chunk, at) === 'stop' || at + chunk.length >= range.length) return;
  }
}

const chunkSize = 65_520; // whole symbols (24 bytes) and whole 16-byte steps fit in it

/** The same bytes as numbers. */
export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** A little-endian u64 as a number; above 2^53 it is not exact, but still too large for every check. */
export const u64At = (view: DataView, offset: number): number =>
  view.getUint32(offset + 4, true) * 2 ** 32 + view.getUint32(offset, true);

export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
