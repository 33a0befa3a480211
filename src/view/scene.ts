import { type Nanos, nanos } from '../gc/units.js';
import type { StripColumns } from '../model/layout.js';
import type { Model } from '../model/model.js';
import { shownModel } from '../model/still.js';
import type { PauseSummary } from '../model/stop-log.js';
import { type GcSummary, gcSummary } from '../model/summary.js';
import { shownAtNs, visibleEndNs } from '../model/visible-end.js';
import { type Glyphs, glyphsOf } from './glyphs.js';
import { type GapColumns, gapColumns, type TimeAxis, timeAxis } from './time-axis.js';
import { type Clock, clockOf } from './wall-clock.js';

/** What every pane draws from: the model at the visible instant, and the columns that the charts share. */
export interface Scene {
  /** Frozen: what was known then. */
  readonly model: Readonly<Model>;
  /** What is known now. */
  readonly live: Readonly<Model>;
  readonly glyphs: Glyphs;
  readonly clock: Clock;
  readonly strip: StripColumns;
  readonly axis: TimeAxis;
  readonly gaps: readonly GapColumns[];
  readonly figures: GcSummary;
  readonly pauses: PauseSummary;
  /** The instant that the screen shows; what is drawn of the target can lie behind it. */
  readonly atNs: Nanos;
}

/** The scene of a model for charts of so many columns. */
export function sceneOf(live: Readonly<Model>, strip: StripColumns): Scene {
  const model = shownModel(live);
  const atNs = visibleEndNs(model);
  const axis = timeAxis(model, strip.chart);
  return {
    model,
    live,
    glyphs: glyphsOf(model.look),
    clock: clockOf(model),
    strip,
    axis,
    gaps: gapColumns(model.gaps, axis),
    figures: gcSummary(model, atNs),
    pauses: model.stops.summary(atNs),
    atNs: shownAtNs(model),
  };
}

/** How long ago gctop came; undefined while nothing of the target is known. */
export function watchedNs({ model, axis }: Scene): number | undefined {
  return model.attachedAtNs === undefined
    ? undefined
    : nanos(Math.max(0, axis.knownToNs - model.attachedAtNs));
}
