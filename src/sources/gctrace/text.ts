/** Lines that came together. */
export interface Batch {
  readonly lines: readonly string[];
  /**
   * `old`: written before anybody watched, so that the time of their coming says nothing; `last`: the same, and no
   * more of them follow; `new`: just written, or just come through a pipe.
   */
  readonly age: 'old' | 'last-old' | 'new';
}

/** A text that holds gctrace lines, as it comes. Ends by itself or after an abort, and leaves no handle. */
export interface GctraceText {
  read(signal: AbortSignal): AsyncIterable<Batch>;
}
