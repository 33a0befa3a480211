import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { groupsOf } from '../../src/sources/local/tracefs.js';

const tracefs = '/sys/kernel/tracing';

/** What local sources of this process have left: probes, trace instances, open memories. Empty is clean. */
export function leftoversOfLocal(pid = process.pid, own = groupsOf(pid)): readonly string[] {
  const probes = readFileSync(`${tracefs}/uprobe_events`, 'utf8')
    .split('\n')
    .filter((line) => line.includes(own));
  const instances = readdirSync(`${tracefs}/instances`).filter((name) => name.startsWith(own));
  const handles = pid === process.pid ? openFiles().filter((file) => isOfLocal(file)) : [];
  return [...probes, ...instances, ...handles];
}

const isOfLocal = (file: string): boolean => /^\/proc\/\d+\/mem$/.test(file) || file.startsWith(tracefs);

const openFiles = (): readonly string[] =>
  readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return []; // the handle on the directory itself, closed by now
    }
  });
