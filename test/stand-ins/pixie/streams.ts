import http2, { type Http2ServerRequest } from 'node:http2';
import { setImmediate as nextTurn } from 'node:timers/promises';

const idHeader = 'x-stand-in-stream';

/** The calls that run, so that they can be reset. */
export class StreamTable {
  readonly #open = new Map<string, Http2ServerRequest>();
  #lastId = 0;
  #cutNextAfter: number | undefined;

  /** Gives a call a number that its handler finds among the headers. */
  track(request: Http2ServerRequest): void {
    const id = String(++this.#lastId);
    request.headers[idHeader] = id;
    this.#open.set(id, request);
    request.stream.once('close', () => this.#open.delete(id));
  }

  cutAll(): number {
    const ids = [...this.#open.keys()];
    for (const id of ids) this.#cut(id);
    return ids.length;
  }

  cutNext(afterMessages: number): void {
    this.#cutNextAfter = afterMessages;
  }

  /** Passes the messages of a call on; a call that was to be cut ends after some of them, and the rest is not asked for. */
  async *passing<T>(messages: AsyncGenerator<T>, headers: Headers): AsyncGenerator<T> {
    const id = headers.get(idHeader) ?? '';
    const cutAfter = this.#cutNextAfter;
    this.#cutNextAfter = undefined;
    for (let sent = 0; sent !== cutAfter; sent += 1) {
      const next = await messages.next();
      if (next.done) return;
      yield next.value;
    }
    await this.#sent(id);
    this.#cut(id);
  }

  /** Resolves when nothing that was written is waiting to go out. */
  async #sent(id: string): Promise<void> {
    const isWaiting = () => (this.#open.get(id)?.stream.writableLength ?? 0) > 0;
    do await nextTurn();
    while (isWaiting());
    await nextTurn();
  }

  #cut(id: string): void {
    this.#open.get(id)?.stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
  }
}
