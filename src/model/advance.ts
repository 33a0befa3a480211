import type { Nanos } from '../gc/units.js';
import { settleAnswers } from './answers.js';
import type { Model } from './model.js';
import { expireToast } from './toast.js';
import { revealLongCycle } from './update-phase.js';
import { chooseWindowStep } from './window-step.js';

/** Lets time pass, never backwards, and does what is due by then. */
export function advance(model: Model, nowNs: Nanos): void {
  if (nowNs <= model.nowNs) return;
  model.nowNs = nowNs;
  expireToast(model, nowNs);
  settleAnswers(model);
  revealLongCycle(model);
  chooseWindowStep(model);
}
