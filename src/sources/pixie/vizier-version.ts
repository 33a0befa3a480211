/** The first Vizier that reads arguments by Go's register ABI (Go 1.17 and later), its pre-releases included. */
const first = [0, 14, 16] as const;

/**
 * Whether a Vizier reads the arguments of Go 1.17 and later programs where they are; what an older one reads there is
 * garbage without a word. A version that is none, as of a build by hand, is given the benefit of the doubt.
 */
export function canBeTrusted(vizierVersion: string): boolean {
  const [, ...parts] = /^v?(\d+)\.(\d+)\.(\d+)/.exec(vizierVersion) ?? [];
  const [major, minor, patch] = parts.map(Number);
  if (major === undefined || minor === undefined || patch === undefined) return true;
  if (major !== first[0]) return major > first[0];
  if (minor !== first[1]) return minor > first[1];
  return patch >= first[2];
}
