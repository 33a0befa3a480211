// Records the calls of the collector's functions in the real demo service, for the stand-in Pixie server to play. By
// hand, as root, on Linux x86-64; one run for each fixture:
//   node --import tsx test/capture/capture.ts go1.16.15
//   node --import tsx test/capture/capture.ts go1.26.8
// Writes test/fixtures/pixie/calls-go1.N.ndjson and, as the runtime itself told of the same time, gctrace-go1.N.txt.
// Where something was lost it writes nothing: run it again, and behind `nice -n -15` where the machine is busy.
// test/capture/fixtures.test.ts says what the files must be.
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type GoVersion, parseGoVersion } from '../../src/binary/go-version.js';
import { layoutFor } from '../../src/binary/layouts.js';
import { findTracefs } from '../../src/sources/local/tracefs.js';
import { systemClock } from '../../src/system/clock.js';
import { buildGoProgram } from '../../src/system/go-build.js';
import { findGo } from '../../src/system/go-toolchain.js';
import { start } from '../../src/system/process.js';
import { goPrograms } from '../helpers/go-program.js';
import { addressIn } from '../helpers/send-traffic.js';
import { type Capture, formatCapture } from './captured-call.js';
import { describeCapture } from './compare.js';
import { pairCalls } from './pair-calls.js';
import { edgesOf, findProbePoints, type ProbePoint } from './probe-points.js';
import type { ProgramToProbe } from './probe-sites.js';
import { openTrace, removeLeftovers } from './trace-instance.js';
import { sendPlanned } from './traffic.js';

async function main(wanted: string): Promise<void> {
  const version = parseGoVersion(wanted);
  const layout = version && layoutFor(version, 'x86-64');
  if (version === undefined || layout === undefined) throw new Error(`'${wanted}' is no known Go release`);
  const folder = mkdtempSync(join(tmpdir(), 'gctop-capture-'));
  process.once('exit', () => rmSync(folder, { recursive: true }));
  const program = await buildService(version, folder);
  const points = await findProbePoints(program, { version, layout });
  const { capture, gctrace } = await record(program, points);
  for (const line of describeCapture(capture, gctrace)) say(line);
  const fixture = (name: string) =>
    fileURLToPath(new URL(`../fixtures/pixie/${name}-go1.${version.minor}`, import.meta.url));
  writeFileSync(`${fixture('calls')}.ndjson`, formatCapture(capture));
  writeFileSync(`${fixture('gctrace')}.txt`, `${gctrace.join('\n')}\n`);
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** A uprobe sits on the file and fires in every process that runs it: the service gets a file of its own. */
async function buildService(version: GoVersion, folder: string): Promise<ProgramToProbe> {
  const { env } = process;
  const go = await findGo({ env, onProgress: say });
  const built = await buildGoProgram(goPrograms['gc-service'], {
    go,
    env,
    onProgress: say,
    goVersion: version.text,
  });
  const path = join(folder, 'gc-service');
  copyFileSync(built.path, path);
  return { path, goVersion: built.goVersion, goCommand: go.command };
}

/** Runs the service while it is probed, sends the traffic, and gives the calls and what gctrace printed meanwhile. */
async function record(
  { path, goVersion }: ProgramToProbe,
  points: readonly ProbePoint[],
): Promise<{ readonly capture: Capture; readonly gctrace: readonly string[] }> {
  const tracefs = await findTracefs(say);
  removeLeftovers(tracefs);
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const service = await start(path, ['-host', '127.0.0.1', '-port', '0'], {
    env: serviceEnv,
    stdout: (line) => stdout.push(line),
    stderr: (line) => stderr.push(line),
  });
  const trace = openTrace(tracefs, { path, plans: points.map(({ plan }) => plan) });
  try {
    await delay(quietMs);
    const printedBefore = stderr.length;
    trace.start();
    const clock = systemClock();
    const requests = await sendPlanned(addressIn(stdout) ?? '', clock);
    await delay(quietMs); // the sweeper comes to its end
    const durationNs = clock.nowNs();
    const edges = edgesOf(trace.stop(), { points, originMonotonicNs: clock.originMonotonicNs });
    const { calls, open, unmatched, restarts } = pairCalls(edges);
    say(`${calls.length} calls; ${open} open, ${unmatched} unmatched, ${restarts} entered twice`);
    if (open + unmatched > 0) throw new Error('some calls are not whole');
    const gctrace = stderr.slice(printedBefore).filter((line) => /^gc \d/.test(line));
    const recorded = new Date(clock.originUnixMs).toISOString().slice(0, 10);
    return { capture: { head: { goVersion, durationNs, recorded, requests, lost: 0 }, calls }, gctrace };
  } finally {
    trace.remove();
    await service.terminate(5_000);
  }
}

/** As the demo runs, on two processors; the small heap collects often and makes goroutines assist. */
const serviceEnv = { GODEBUG: 'gctrace=1', GOMAXPROCS: '2', GOGC: '100' };

const quietMs = 1_000;

// Ended early, it still takes its probes out (trace-instance.ts), ends the service and removes its file, at the exit.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

await main(process.argv[2] ?? '').catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
});
