import type { ByteSource } from '../../../binary/byte-source.js';
import { type GoProgram, goVersionOf, inspectGoProgram, isPacked } from '../../../binary/go-program.js';
import { GctopError } from '../../../error.js';
import type { Inspect } from '../process.js';

/** What an executable is, as far as that is known without anything running from it. */
export type Executable =
  | { readonly kind: 'go'; readonly program: GoProgram }
  /** Go, or packed so that nobody can tell, but not to be watched. */
  | { readonly kind: 'refused'; readonly goVersion: string | undefined; readonly error: GctopError }
  | { readonly kind: 'other' };

/** Every executable that was read, once for all processes that run it. */
export class Executables {
  readonly #known = new Map<string, Executable & { readonly error?: unknown }>();

  get(key: string): Executable | undefined {
    return this.#known.get(key);
  }

  /** Drops what nothing runs any more. */
  keep(keys: ReadonlySet<string>): void {
    for (const key of this.#known.keys()) if (!keys.has(key)) this.#known.delete(key);
  }

  /** Throws what the file is refused for, as often as it is asked. */
  readonly inspect: Inspect = (source, openLoaded, key) => {
    const known = this.#known.get(key);
    if (known?.kind === 'go') return known.program;
    if (known !== undefined) throw known.error;
    try {
      const program = inspectGoProgram(source, openLoaded);
      this.#known.set(key, { kind: 'go', program });
      return program;
    } catch (error) {
      // That this process may not be read says nothing of the file.
      const isOfFile = error instanceof GctopError && !ofProcess.has(error.code);
      if (isOfFile) this.#known.set(key, refusedFor(error, source));
      throw error;
    }
  };
}

const ofProcess: ReadonlySet<GctopError['code']> = new Set(['NO_RIGHTS', 'NO_SUCH_PROCESS']);

function refusedFor(error: GctopError, source: ByteSource): Executable & { readonly error: GctopError } {
  const goVersion = goVersionOf(source);
  // A program for another processor or of 32 bits, and a file without build information, need not be Go.
  const isUnknown = error.code === 'NOT_GO' || error.code === 'UNSUPPORTED_MACHINE';
  if (isUnknown && goVersion === undefined && !isPacked(source)) return { kind: 'other', error };
  return { kind: 'refused', goVersion, error };
}
