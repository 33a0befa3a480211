/** Every failure that gctop knows by name. A code is stable: scripts and tests rely on it. */
export type ErrorCode =
  // usage and unreadable input (exit 2)
  | 'USAGE'
  | 'NO_TERMINAL'
  | 'RECORDING_UNREADABLE'
  | 'RECORDING_TOO_NEW'
  | 'GCTRACE_UNREADABLE'
  // cannot attach (exit 4)
  | 'NO_SUCH_PROCESS'
  | 'NOT_GO'
  | 'STRIPPED'
  | 'UNKNOWN_GO_VERSION'
  | 'UNKNOWN_LAYOUT'
  | 'UNSUPPORTED_MACHINE'
  | 'NO_RIGHTS'
  | 'COMMAND_FAILED_TO_START'
  | 'NO_GO_TOOLCHAIN'
  | 'BUILD_FAILED'
  | 'NO_KUBECTL'
  | 'KUBERNETES'
  | 'NO_SUCH_POD'
  | 'NO_CREDENTIALS'
  | 'PIXIE_UNREACHABLE'
  | 'PIXIE_REFUSED'
  | 'NO_SUCH_CLUSTER'
  | 'CLUSTER_UNHEALTHY'
  | 'CANARY_GAVE_UP'
  // failed while running (exit 1)
  | 'COMMAND_FAILED'
  | 'TRACEFS'
  | 'LAYOUT_MISMATCH'
  | 'PIXIE_SCRIPT'
  | 'PIXIE_FAILED'
  | 'OUTPUT_FAILED'
  | 'INTERNAL';

export interface GctopErrorDetail {
  /** What to try next: a sentence fragment that can follow a colon. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** The one error class: what failed and why in `message`, what to try in `hint`, the original in `cause`. */
export class GctopError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, { hint, cause }: GctopErrorDetail = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'GctopError';
    this.code = code;
    this.hint = hint;
  }
}

/** Compile-time proof that a switch over a closed set is complete. */
export function unreachable(value: never): never {
  throw new GctopError('INTERNAL', `unhandled case ${JSON.stringify(value)}`);
}
