import type { JournalEntry } from './journal-entry.js';
import type { Model } from './model.js';

/** Writes into the event log, and counts what it had to let go for that. */
export function tell(model: Model, entry: JournalEntry): void {
  const { journal } = model;
  const goneBefore = journal.total - journal.length;
  journal.push(entry);
  model.dropped += journal.total - journal.length - goneBefore;
}
