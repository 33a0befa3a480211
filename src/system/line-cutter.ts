import { StringDecoder } from 'node:string_decoder';

/** A line of which more than this came without an end is cut there; the rest of it is dropped. */
const longestLine = 64 * 1024;

/** Cuts the bytes of a stream into lines, of which it holds only the last. */
export class LineCutter {
  readonly #decoder = new StringDecoder('utf8');
  #partial = '';
  #isDropping = false;

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
    if (partial.length <= longestLine) return [];
    this.#partial = '';
    this.#isDropping = true;
    return [partial.slice(0, longestLine)];
  }
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);
