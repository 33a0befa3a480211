import type { ProcessList } from '../gc/candidate.js';
import { sortedProcesses } from '../model/picker/rows.js';
import { openScan } from '../sources/local/scan/open-scan.js';
import { listRecordings } from '../sources/recording/list-recordings.js';
import { nowUnixMs, systemClock } from '../system/clock.js';
import { processTable, recordingTable } from '../view/picker/plain-list.js';
import { nothingToWatch } from './command-line.js';
import { told } from './failure-text.js';
import type { Options } from './options.js';

/** Writes what can be watched to stdout, once, for who is no person at a terminal. Throws `USAGE` where more is asked for. */
export async function printCandidates(options: Options): Promise<number> {
  if (options.record !== undefined || options.seconds !== undefined) throw nothingToWatch();
  const clock = systemClock();
  const scan = openScan({ clock, probes: options.probes !== 'none' });
  let list: ProcessList | undefined;
  try {
    for await (const part of scan.look(new AbortController().signal)) list = part;
  } finally {
    scan.close();
  }
  if (list === undefined) return 0;
  const time = {
    nowUnixMs: nowUnixMs(clock),
    utcOffsetMinutes: clock.utcOffsetMinutes,
  };
  const processes = processTable(sortedProcesses(list.processes, { by: 'gc', reversed: false }), time);
  const recordings = recordingTable(await listRecordings('.'), time);
  const between = processes.length > 0 && recordings.length > 0 ? [''] : [];
  for (const line of [...processes, ...between, ...recordings]) process.stdout.write(`${line}\n`);
  for (const sentence of remarks(list)) process.stderr.write(told(sentence));
  return 0;
}

function remarks({ processes, unreadable, asRoot }: ProcessList): readonly string[] {
  const none = processes.length === 0 ? ['no Go process was found; gctop demo starts one'] : [];
  const closed =
    unreadable === 0
      ? []
      : [`${unreadable} more may not be looked into${asRoot ? '' : ': run gctop as root'}`];
  return [...none, ...closed];
}
