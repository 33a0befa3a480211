/** A length of time in a sentence: `825 ms`, `30.1 s`, `1m40s`. */
export function lengthText(ns: number): string {
  const ms = ns / 1e6;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 99_950) return `${(ms / 1000).toFixed(ms % 1000 === 0 ? 0 : 1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}m${(seconds % 60).toString().padStart(2, '0')}s`;
}
