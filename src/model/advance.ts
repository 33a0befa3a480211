import type { Nanos } from '../gc/units.js';
import { settleAnswers } from './answers.js';
import type { Model } from './model.js';
import { revealLongCycle } from './reveal-phases.js';
import { expireToast } from './toast.js';
import { knowCalls } from './update-calls.js';
import { chooseWindowStep } from './window-step.js';

/** Lets time pass, never backwards, and does what is due by then. */
export function advance(model: Model, nowNs: Nanos): void {
  if (nowNs <= model.nowNs) return;
  const beforeNs = model.nowNs;
  model.nowNs = nowNs;
  expireToast(model, nowNs);
  knowCalls(model);
  settleAnswers(model);
  revealLongCycle(model);
  chooseWindowStep(model, beforeNs);
}
