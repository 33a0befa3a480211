import { parseGoVersion } from './go-version.js';
import { type ProgramImage, stringAt } from './program-image.js';
import type { RuntimeCode } from './runtime-code.js';

/**
 * The release by runtime.buildVersion, for programs whose build information was removed: schedinit looks whether that
 * string is empty, so that every program has it.
 */
export function statedVersion(image: ProgramImage, code: RuntimeCode): string | undefined {
  for (const address of code.operandsIn(asksForIt).keys()) {
    const text = stringAt(image, address, maxVersionLength);
    if (text !== undefined && parseGoVersion(text) !== undefined) return text;
  }
  return undefined;
}

export const asksForIt = 'schedinit';

const maxVersionLength = 256;
