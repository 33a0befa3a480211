const mostKept = 20;

/** What a program said last: one that complains for hours is not kept whole. */
export class LastLines {
  readonly #lines: string[] = [];

  /** Oldest first. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  push(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > mostKept) this.#lines.shift();
  }
}
