import type { ProbeName } from '../../../gc/probe.js';
import { type Bytes, bytes } from '../../../gc/units.js';
import { countOf, type Telling, timesOf } from './assemble-telling.js';
import { beganNs, type CallRow } from './rows.js';

/**
 * Where the next cycle is set to start. Go 1.16 sets a ratio; later ones commit what was marked, then pace the sweeper
 * by the trigger in bytes (gcControllerCommit, runtime/mgcpacer.go). At that point the goal that commit sees is still
 * the ended cycle's, so a pace has none.
 */
export class Pace {
  readonly #telling: Telling;
  /** The last commit; undefined once its trigger was told. */
  #commit: CallRow | undefined;

  constructor(telling: Telling) {
    this.#telling = telling;
  }

  /** Whether the row was of the pacer. */
  take(row: CallRow, running: ReadonlySet<ProbeName>): boolean {
    switch (row.probe) {
      case 'gcSetTriggerRatio':
        this.#tellRatio(row);
        return true;
      case 'commit':
        this.#commit = row;
        if (!running.has('gcPaceSweeper')) this.#tell(row, undefined);
        return true;
      case 'gcPaceSweeper':
        this.#tell(row, countOf(row.values[0]));
        return true;
      default:
        return false;
    }
  }

  #tellRatio(row: CallRow): void {
    const [ratio] = row.values;
    if (ratio === undefined || !Number.isFinite(ratio)) return;
    // The argument as it comes from the controller: gcSetTriggerRatio itself keeps it off the bounds.
    this.#telling.event({ kind: 'pace', triggerRatio: Math.max(0, ratio), ...timesOf(row, this.#telling) });
  }

  #tell(row: CallRow, trigger: number | undefined): void {
    const commit = this.#commit;
    this.#commit = undefined;
    const isSame = commit === row || (commit !== undefined && isNext(commit, row));
    const marked = isSame ? countOf(commit.values[0]) : undefined;
    if (marked === undefined && trigger === undefined) return;
    this.#telling.event({ kind: 'pace', ...figuresOf(marked, trigger), ...timesOf(row, this.#telling) });
  }
}

/** Both are called straight after each other: with more between them, another commit was lost. */
const nextWithinNs = 1e9;
const isNext = (commit: CallRow, pace: CallRow): boolean =>
  beganNs(pace) >= commit.atNs && beganNs(pace) - commit.atNs < nextWithinNs;

interface PaceFigures {
  markedBytes?: Bytes;
  triggerBytes?: Bytes;
  triggerRatio?: number;
}

function figuresOf(marked: number | undefined, trigger: number | undefined): PaceFigures {
  const known: PaceFigures = {};
  if (marked !== undefined) known.markedBytes = bytes(marked);
  if (trigger !== undefined) known.triggerBytes = bytes(trigger);
  // Below what is marked already (a memory limit does that) the next cycle is due at once.
  if (marked !== undefined && marked > 0 && trigger !== undefined)
    known.triggerRatio = Math.max(0, (trigger - marked) / marked);
  return known;
}
