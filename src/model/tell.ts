import type { JournalEntry } from './journal-entry.js';
import type { Model } from './model.js';

/** Writes into the event log, and counts what it had to let go for that. */
export function tell(model: Model, entry: JournalEntry): void {
  countingDrops(model, () => model.journal.push(entry));
}

/** Shows a phase change in the overview as well. */
export function reveal(model: Model, entry: JournalEntry): void {
  countingDrops(model, () => model.journal.reveal(entry));
}

function countingDrops(model: Model, write: () => void): void {
  const { journal } = model;
  const goneBefore = journal.gone;
  write();
  model.dropped += journal.gone - goneBefore;
}
