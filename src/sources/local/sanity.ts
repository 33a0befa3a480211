import { GctopError } from '../../error.js';
import { identities } from './identities.js';
import type { Sample } from './sample.js';

/**
 * Refuses to show anything of a program whose memory does not look like a Go runtime's: the offsets would belong to
 * another release, or to a changed runtime. Throws UNKNOWN_LAYOUT and names the first figure that cannot be.
 */
export function checkSanity(sample: Sample, goVersion: string): void {
  const broken = identities.find((identity) => !identity.holds(sample));
  if (broken === undefined) return;
  throw new GctopError(
    'UNKNOWN_LAYOUT',
    `the program's memory does not look like that of ${goVersion}: ${broken.otherwise(sample)}`,
    {
      hint: 'the program may be built with a changed Go runtime; report it with the output of `go version -m`',
    },
  );
}
