import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Ending, folder } from './folder.js';

/** A copy of a program with other bytes, which goes with the test. */
export function changedProgram(t: Ending, path: string, change: (bytes: Buffer) => Buffer): string {
  const copy = join(folder(t), 'changed-program');
  writeFileSync(copy, change(readFileSync(path)));
  chmodSync(copy, 0o755);
  return copy;
}

/** Says that a Go release built it which gctop does not know. */
export const ofUnknownGo = (bytes: Buffer): Buffer =>
  Buffer.from(bytes.toString('latin1').replaceAll(/\bgo1\.\d\d\.(\d+)/g, 'go1.99.$1'), 'latin1');
