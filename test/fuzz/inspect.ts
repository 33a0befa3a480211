import assert from 'node:assert/strict';
import type { ByteSource } from '../../src/binary/byte-source.js';
import { inspectGoProgram } from '../../src/binary/go-program.js';
import type { LoadedImage } from '../../src/binary/program-image.js';
import { GctopError } from '../../src/error.js';

/** What may be read of a file at once, whatever it says of itself. */
const mostAtOnce = 4_300_000;

export interface Behind {
  /** Bytes behind the image that the file has besides. */
  readonly length: number;
  /** What is in them, over and over; zeros where it is empty. */
  readonly filler: Uint8Array;
}

/** An image as a file, with as much behind it, so that sizes that it claims can be had. */
export function sourceOf(image: Uint8Array, { length: more, filler }: Behind): ByteSource {
  return {
    size: image.length + more,
    read: (offset, length) => {
      assert.ok(length >= 0 && length <= mostAtOnce, `${length} bytes at once were asked for`);
      if (offset + length <= image.length) return image.subarray(offset, offset + length);
      const bytes = new Uint8Array(length);
      for (let at = 0; filler.length > 0 && at < length; at += filler.length)
        bytes.set(filler.subarray(0, length - at), at);
      bytes.set(image.subarray(offset, offset + length));
      return bytes;
    },
  };
}

export const nothingBehind: Behind = { length: 0, filler: new Uint8Array(0) };

/** A memory in which pointers were never relocated, and in which nothing lies behind the file's end. */
export const memoryOf = (image: Uint8Array): LoadedImage => ({
  loadBias: 0,
  read: (address, length) => {
    assert.ok(length <= mostAtOnce, `${length} bytes of memory at once were asked for`);
    const offset = address % 0x100000;
    return offset + length <= image.length ? image.subarray(offset, offset + length) : undefined;
  },
});

/** Functions of which the returns are looked for. */
const probed = ['gcStart', 'gcMarkDone', 'gcMarkTermination', 'freeStackSpans'];

/** How reading a program ends: `read`, or the code of a refusal. Anything else that is thrown goes on. */
export const endOfInspecting = (source: ByteSource, loaded: LoadedImage | undefined): string =>
  endOf(() => inspectGoProgram(source, loaded && (() => loaded), probed));

export function endOf(action: () => unknown): string {
  try {
    action();
    return 'read';
  } catch (error) {
    if (!(error instanceof GctopError) || error.code === 'INTERNAL') throw error;
    return error.code;
  }
}
