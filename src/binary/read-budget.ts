import { GctopError } from '../error.js';
import type { ByteSource } from './byte-source.js';
import type { LoadedImage } from './program-image.js';

/** Counts what is read of one program. */
export interface ReadBudget {
  /** The same source; reading more than the budget throws NOT_GO. */
  file(): ByteSource;
  memory(loaded: LoadedImage): LoadedImage;
}

/**
 * Real programs are looked through in less than their size, without section headers in some more. A file whose tables
 * lead back and forth, or that says of the same bytes many times that they are to be searched, must come to an end.
 */
export function readBudget(source: ByteSource): ReadBudget {
  const most = timesOver * source.size + atLeast;
  let spent = 0;
  const spend = (length: number): void => {
    spent += Math.max(length, smallest);
    if (spent > most)
      throw new GctopError('NOT_GO', 'its tables lead back and forth: a linker writes none like that', {
        hint: 'pass the linked program as the Go tools wrote it',
      });
  };
  return {
    file: () => ({
      size: source.size,
      read: (offset, length) => {
        spend(length);
        return source.read(offset, length);
      },
    }),
    memory: ({ loadBias, read }) => ({
      loadBias,
      read: (address, length) => {
        spend(length);
        return read(address, length);
      },
    }),
  };
}

const timesOver = 4;
const atLeast = 32 << 20;

/** What a read costs, however few bytes it brings. */
const smallest = 8 << 10;
