/**
 * A queue between one or many writers and one reader that awaits. Unbounded: writers bound what they write.
 * After `close` the reader gets what is left, then the end.
 */
export class Channel<T> implements AsyncIterable<T> {
  readonly #items: T[] = [];
  #wake: (() => void) | undefined;
  #closed = false;

  push(item: T): void {
    if (this.#closed) return;
    this.#items.push(item);
    this.#wakeReader();
  }

  close(): void {
    this.#closed = true;
    this.#wakeReader();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    while (true) {
      // One at a time: a reader that leaves early takes nothing with it that it has not seen.
      while (this.#items.length > 0) yield* this.#items.splice(0, 1);
      if (this.#closed) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #wakeReader(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
