import type { Nanos } from '../gc/units.js';
import type { Model } from '../model/model.js';

/** Wall clock of the target at the session's origin, in ms; 0 where it is not known, so that times count from 0. */
export interface Clock {
  readonly originMs: number;
}

export const clockOf = (model: Readonly<Model>): Clock => ({
  originMs: model.originUnixMs === undefined ? 0 : model.originUnixMs + model.utcOffsetMinutes * 60e3,
});

/** `14:32:07`. */
export function clockTime(clock: Clock, atNs: Nanos): string {
  const { hours, minutes, seconds } = clockParts(clock.originMs + atNs / 1e6);
  return `${hours}:${minutes}:${seconds}`;
}

/** `14:32:07.159`. */
export function clockTimeMs(clock: Clock, atNs: Nanos): string {
  const { hours, minutes, seconds, millis } = clockParts(clock.originMs + atNs / 1e6);
  return `${hours}:${minutes}:${seconds}.${millis}`;
}

export interface ClockParts {
  readonly hours: string;
  readonly minutes: string;
  readonly seconds: string;
  readonly millis: string;
}

/** The parts of a time of day, each with its leading zeros. */
export function clockParts(unixMs: number): ClockParts {
  // What is before 1970 (no wall clock is known, and it was before the session's origin) counts down to midnight.
  const dayMs = ((Math.floor(unixMs) % msPerDay) + msPerDay) % msPerDay;
  const digits = (value: number, width: number): string => Math.floor(value).toString().padStart(width, '0');
  return {
    hours: digits(dayMs / 3600e3, 2),
    minutes: digits((dayMs / 60e3) % 60, 2),
    seconds: digits((dayMs / 1e3) % 60, 2),
    millis: digits(dayMs % 1e3, 3),
  };
}

const msPerDay = 86_400_000;
