import { Code, ConnectError } from '@connectrpc/connect';

/** A call that a vizier refuses. The cloud hands the code on, and the text as Go prints the error. */
export class VizierFailure extends Error {
  readonly code: Code;

  constructor(code: Code, message: string) {
    super(message);
    this.code = code;
  }

  /** As the cloud says it. */
  relayed(): ConnectError {
    return new ConnectError(`rpc error: code = ${Code[this.code]} desc = ${this.message}`, this.code);
  }
}
