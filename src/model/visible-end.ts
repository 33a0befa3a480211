import { type Nanos, nanos } from '../gc/units.js';
import type { Model } from './model.js';

/** The instant that the screen shows: now, or when it was frozen. */
export const shownAtNs = (model: Readonly<Model>): Nanos => model.screen.frozenAtNs ?? model.nowNs;

/** The instant at the right edge of the picture: as far behind what the screen shows as news can come late. */
export const visibleEndNs = (model: Readonly<Model>): Nanos => nanos(shownAtNs(model) - pictureLagNs(model));

/** From which lateness on the picture follows the time at a distance instead of showing the newest stretch half known. */
const longLatenessNs = 1e9;

/** How far behind the time the picture stands: what is drawn was told whole. After the end nothing more can come. */
function pictureLagNs({ target, state, screen }: Readonly<Model>): number {
  // Frozen before the end, it stays as it was.
  if (state.kind === 'ended' && screen.frozenAtNs === undefined) return 0;
  return target !== undefined && target.latenessNs >= longLatenessNs ? target.latenessNs : 0;
}
