import { type Nanos, nanos } from '../gc/units.js';
import type { Model } from './model.js';

/** The instant that the screen shows: now, when it was frozen, or when the program ended that is waited for. */
export const shownAtNs = ({ screen, exitedAtNs, nowNs }: Readonly<Model>): Nanos =>
  screen.frozenAtNs ?? exitedAtNs ?? nowNs;

/** The instant at the right edge of the picture: as far behind what the screen shows as news can come late. */
export const visibleEndNs = (model: Readonly<Model>): Nanos => nanos(shownAtNs(model) - pictureLagNs(model));

/**
 * How far behind the time the picture stands. What probes tell comes whole and late: the newest stretch is not shown half
 * known. A line of gctrace is late as well, but there silence is known to be that of the program. After the end nothing
 * more can come.
 */
function pictureLagNs({ target, state, screen }: Readonly<Model>): number {
  // Frozen before the end, it stays as it was.
  if (state.kind === 'ended' && screen.frozenAtNs === undefined) return 0;
  return target?.target.source === 'Pixie' ? target.latenessNs : 0;
}
