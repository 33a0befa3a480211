import type { ListsLayout } from '../../model/picker/layout.js';
import type { PickerAction, PickerModel } from '../../model/picker/picker.js';
import type { ShownRows } from '../../model/picker/rows.js';
import type { Glyphs } from '../glyphs.js';
import type { Box, HitArea } from '../screen-view.js';

/** What every part of the screen draws from. */
export interface PickerScene {
  readonly model: Readonly<PickerModel>;
  readonly glyphs: Glyphs;
  readonly rows: ShownRows;
  readonly place: ListsLayout;
}

/** A box, and what can be pressed in it. */
export interface Drawn {
  readonly box: Box;
  readonly hits: readonly HitArea<PickerAction>[];
}
