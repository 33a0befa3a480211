import type { SourceMessage } from '../../src/gc/stream.js';

/** What was said so far, for those who wait for something to be said. */
export class Heard<Message = SourceMessage> {
  readonly messages: Message[] = [];
  readonly #waiting = new Set<() => void>();

  push(message: Message): void {
    this.messages.push(message);
    this.changed();
  }

  /** Has all who wait look again. */
  changed(): void {
    for (const look of this.#waiting) look();
  }

  /** Resolves with what `find` finds, at once if it is there. */
  async until<T>(find: () => T | undefined): Promise<T> {
    return await new Promise((resolve, reject) => {
      const look = () => {
        try {
          const found = find();
          if (found === undefined) return;
          this.#waiting.delete(look);
          resolve(found);
        } catch (error) {
          this.#waiting.delete(look);
          reject(error);
        }
      };
      this.#waiting.add(look);
      look();
    });
  }
}
