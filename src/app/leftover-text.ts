import type { Nanos } from '../gc/units.js';
import type { Leftover } from '../sources/pixie/deployment/ledger.js';
import { told } from './failure-text.js';

/** The line that names the tracepoints that Pixie did not confirm to have removed, for stderr. */
export function leftoverText(leftovers: readonly Leftover[], nowNs: Nanos): string {
  const lastNs = Math.max(...leftovers.map(({ expiresAtNs }) => expiresAtNs));
  const minutes = Math.max(1, Math.ceil((lastNs - nowNs) / 60e9));
  const names = leftovers.map(({ name }) => name).join(', ');
  return told(`Pixie did not confirm that it removes ${names}; they end by themselves within ${minutes} min`);
}
