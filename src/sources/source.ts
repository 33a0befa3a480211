import type { SourceControl } from '../gc/source-control.js';
import type { SourceMessage } from '../gc/stream.js';

/**
 * Where messages come from. Iteration keeps the stream's invariants (gc/stream.ts); a failure to open or to go on is
 * thrown as a GctopError; aborting ends the iteration within a second and leaves no child, probe or handle.
 */
export interface Source {
  readonly name: 'pixie' | 'local' | 'gctrace' | 'recording';
  open(signal: AbortSignal, controls: AsyncIterable<SourceControl>): AsyncIterable<SourceMessage>;
}
