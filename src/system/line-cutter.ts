import { StringDecoder } from 'node:string_decoder';

/** Cuts the bytes of a stream into lines, of which it holds only the last. */
export class LineCutter {
  readonly #longestLine: number;
  readonly #decoder = new StringDecoder('utf8');
  #partial = '';
  #isDropping = false;

  /** A line of which more than `longestLine` came without an end is cut there; the rest of it is dropped. */
  constructor(longestLine = 64 * 1024) {
    this.#longestLine = longestLine;
  }

  /** The lines that these bytes end, without their ends. */
  push(bytes: Uint8Array): readonly string[] {
    const [first = '', ...others] = this.#decoder.write(Buffer.from(bytes)).split('\n');
    const begun = this.#isDropping ? '' : this.#partial + first;
    const last = others.pop();
    if (last === undefined) return this.#hold(begun);
    const ended = this.#isDropping ? others : [begun, ...others];
    this.#isDropping = false;
    return [...ended.map(withoutReturn), ...this.#hold(last)];
  }

  /** The last line where it has no end. */
  end(): readonly string[] {
    const rest = this.#partial;
    this.#partial = '';
    return rest === '' ? [] : [withoutReturn(rest)];
  }

  #hold(partial: string): readonly string[] {
    this.#partial = partial;
    if (partial.length <= this.#longestLine) return [];
    this.#partial = '';
    this.#isDropping = true;
    return [partial.slice(0, this.#longestLine)];
  }
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);
