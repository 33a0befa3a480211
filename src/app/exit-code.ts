import { type ErrorCode, GctopError } from '../error.js';

const usage = 2;
const cannotAttach = 4;
const failed = 1;

const exitCodes: Readonly<Record<ErrorCode, number>> = {
  USAGE: usage,
  NO_TERMINAL: usage,
  RECORDING_UNREADABLE: usage,
  RECORDING_TOO_NEW: usage,
  GCTRACE_UNREADABLE: usage,
  NO_SUCH_PROCESS: cannotAttach,
  NOT_GO: cannotAttach,
  STRIPPED: cannotAttach,
  UNKNOWN_GO_VERSION: cannotAttach,
  UNKNOWN_LAYOUT: cannotAttach,
  UNSUPPORTED_MACHINE: cannotAttach,
  NO_RIGHTS: cannotAttach,
  COMMAND_FAILED_TO_START: cannotAttach,
  NO_GO_TOOLCHAIN: cannotAttach,
  BUILD_FAILED: cannotAttach,
  NO_KUBECTL: cannotAttach,
  KUBERNETES: cannotAttach,
  NO_SUCH_POD: cannotAttach,
  NO_CREDENTIALS: cannotAttach,
  PIXIE_UNREACHABLE: cannotAttach,
  PIXIE_REFUSED: cannotAttach,
  NO_SUCH_CLUSTER: cannotAttach,
  CLUSTER_UNHEALTHY: cannotAttach,
  CANARY_GAVE_UP: cannotAttach,
  COMMAND_FAILED: failed,
  TRACEFS: failed,
  LAYOUT_MISMATCH: failed,
  PIXIE_SCRIPT: failed,
  PIXIE_FAILED: failed,
  OUTPUT_FAILED: failed,
  INTERNAL: failed,
};

/** What the process ends with when its keys or its terminal end it. */
export const interruptedCode = 130;
export const hungUpCode = 129;

/** What the process ends with after a failure. */
export const exitCodeOf = (error: unknown): number =>
  error instanceof GctopError ? exitCodes[error.code] : failed;
