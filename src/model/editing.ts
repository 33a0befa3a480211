import type { Command, TrafficShape } from './command.js';
import type { Model, TrafficField, TrafficModel } from './model.js';
import { showToast } from './toast.js';

/** What the service is asked for at most: no more than the demo service grants (manifests/gc-service/size.go). */
export const trafficBounds = Object.freeze({
  arrayLength: { min: 1, max: 100_000 },
  bytesPerElement: { min: 1, max: 2 ** 20 },
  totalBytes: 32 * 2 ** 20,
  ratePerSecond: { min: 0, max: 200 },
});

/** What a request asks for, as it is set now. */
export const trafficShape = ({ arrayLength, bytesPerElement }: Readonly<TrafficModel>): TrafficShape => ({
  arrayLength,
  bytesPerElement,
});

/** Lets a field take digits; an empty text keeps what is set. */
export function startEditing(model: Model, field: TrafficField): void {
  model.screen.editing = { field, text: '' };
}

/** Adds a digit, or the point of a rate. What the field has no room for is ignored. */
export function typeDigit({ screen: { editing } }: Model, digit: string): void {
  if (editing === undefined) return;
  const text = editing.text + digit;
  const form = editing.field === 'rate' ? /^\d{1,3}(\.\d?)?$/ : /^\d{1,7}$/;
  if (form.test(text)) editing.text = text;
}

export function eraseDigit({ screen: { editing } }: Model): void {
  if (editing !== undefined) editing.text = editing.text.slice(0, -1);
}

/** Takes what was typed, within the bounds, and goes on to the next field; after the last one editing is over. */
export function acceptField(model: Model): readonly Command[] {
  const editing = model.screen.editing;
  if (editing === undefined) return [];
  const before = { ...model.traffic };
  if (editing.text !== '') setField(model, editing.field, Number(editing.text));
  const next = nextField[editing.field];
  model.screen.editing = next === undefined ? undefined : { field: next, text: '' };
  return steadyTraffic(before, model.traffic);
}

const nextField: Readonly<Record<TrafficField, TrafficField | undefined>> = {
  length: 'bytes',
  bytes: 'rate',
  rate: undefined,
};

function setField(model: Model, field: TrafficField, value: number): void {
  const { traffic } = model;
  const { arrayLength, bytesPerElement, totalBytes, ratePerSecond } = trafficBounds;
  switch (field) {
    case 'length':
      traffic.arrayLength = within(model, value, {
        min: arrayLength.min,
        max: Math.min(arrayLength.max, Math.floor(totalBytes / traffic.bytesPerElement)),
      });
      return;
    case 'bytes':
      traffic.bytesPerElement = within(model, value, {
        min: bytesPerElement.min,
        max: Math.min(bytesPerElement.max, Math.floor(totalBytes / traffic.arrayLength)),
      });
      return;
    case 'rate':
      traffic.ratePerSecond = within(model, value, ratePerSecond);
  }
}

function within(model: Model, value: number, { min, max }: { min: number; max: number }): number {
  const taken = Math.min(max, Math.max(min, value));
  if (taken !== value) showToast(model, `'${value}' is out of bounds: ${min} to ${max} here`);
  return taken;
}

function steadyTraffic(before: TrafficModel, after: TrafficModel): readonly Command[] {
  const rateChanged = before.ratePerSecond !== after.ratePerSecond;
  const shapeChanged =
    before.arrayLength !== after.arrayLength || before.bytesPerElement !== after.bytesPerElement;
  if (!rateChanged && !(shapeChanged && after.ratePerSecond > 0)) return [];
  return [{ type: 'set-traffic-rate', perSecond: after.ratePerSecond, request: trafficShape(after) }];
}
