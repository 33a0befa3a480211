/**
 * A queue between one or many writers and one reader that awaits. A writer that can wait keeps it short with `room`.
 * After `close` the reader gets what is left, then the end.
 */
export class Channel<T> implements AsyncIterable<T> {
  #items: T[] = [];
  /** Items before this one were read: taking them out one by one would move all the others. */
  #read = 0;
  #wakeReader = nobody;
  #wakeWriter = nobody;
  #closed = false;

  get length(): number {
    return this.#items.length - this.#read;
  }

  push(item: T): void {
    if (this.#closed) return;
    this.#items.push(item);
    this.#wakeReader();
  }

  close(): void {
    this.#closed = true;
    this.#wakeReader();
  }

  /** Resolves when fewer items than that wait to be read, or after an abort. For one writer at a time. */
  async room(most: number, signal: AbortSignal): Promise<void> {
    const giveUp = () => this.#wakeWriter();
    signal.addEventListener('abort', giveUp, { once: true });
    while (this.length >= most && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wakeWriter = resolve;
      });
    }
    signal.removeEventListener('abort', giveUp);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    while (true) {
      // One at a time: a reader that leaves early takes nothing with it that it has not seen.
      while (this.length > 0) yield* this.#take();
      if (this.#closed) return;
      await new Promise<void>((resolve) => {
        this.#wakeReader = resolve;
      });
    }
  }

  #take(): readonly T[] {
    const next = this.#items.slice(this.#read, this.#read + 1);
    this.#read += 1;
    // Moving what is left costs no more than what was read so far.
    if (this.#read > this.length) {
      this.#items = this.#items.slice(this.#read);
      this.#read = 0;
    }
    this.#wakeWriter();
    return next;
  }
}

const nobody = (): void => {};
