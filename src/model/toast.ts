import { type Nanos, nanos } from '../gc/units.js';
import type { Model } from './model.js';

/** How long the footer shows the last error. */
const toastNs = 8e9;

export function showToast(model: Model, text: string): void {
  model.screen.toast = { text, untilNs: nanos(model.nowNs + toastNs) };
}

export function expireToast({ screen }: Model, nowNs: Nanos): void {
  if (screen.toast !== undefined && screen.toast.untilNs <= nowNs) screen.toast = undefined;
}
