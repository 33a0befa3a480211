import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type BusyProgram, startServer } from './busy-program.js';
import { folder } from './folder.js';

/** Starts kubectl as a server of files that lists a large folder whenever it is asked; it needs no cluster for that. */
export async function serveKubectl(t: TestContext, path: string): Promise<BusyProgram> {
  const cwd = folder(t);
  const listed = join(cwd, 'listed');
  mkdirSync(listed);
  for (let file = 0; file < 500; file++) writeFileSync(join(listed, `file-${file}`), '');
  return await startServer(t, [path, 'proxy', '--port=0', `--www=${listed}`], {
    cwd,
    gogc: 10,
    env: { HOME: cwd, KUBECONFIG: join(cwd, 'none') },
    urlIn: (stdout) => {
      const [, address] = /^Starting to serve on (\S+)$/.exec(stdout[0] ?? '') ?? [];
      return address && `http://${address}/static/`;
    },
  });
}
