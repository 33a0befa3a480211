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
import { probeCatalogue, probeSet } from '../../src/gc/probe.js';
import { addressOf, callPoints, edgeOf } from '../../src/sources/local/call-points.js';
import { type LocalProcess, openProcess } from '../../src/sources/local/process.js';
import { placeOf } from '../../src/sources/local/runtime-place.js';
import { findTracefs, removeLeftovers } from '../../src/sources/local/tracefs.js';
import { addUprobes } from '../../src/sources/local/uprobe-group.js';
import { systemClock } from '../../src/system/clock.js';
import { buildGoProgram } from '../../src/system/go-build.js';
import { findGo } from '../../src/system/go-toolchain.js';
import { start } from '../../src/system/process.js';
import { goPrograms } from '../helpers/go-program.js';
import { addressIn } from '../helpers/send-traffic.js';
import { type Capture, formatCapture } from './captured-call.js';
import { describeCapture } from './compare.js';
import { pairCalls } from './pair-calls.js';
import { findProbeSites, type ProgramToProbe } from './probe-sites.js';
import { sendPlanned } from './traffic.js';

async function main(wanted: string): Promise<void> {
  const version = parseGoVersion(wanted);
  if (version === undefined) throw new Error(`'${wanted}' is no Go release`);
  const folder = mkdtempSync(join(tmpdir(), 'gctop-capture-'));
  process.once('exit', () => rmSync(folder, { recursive: true }));
  const program = await buildService(version, folder);
  const { capture, gctrace } = await record(program, version.minor);
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
  program: ProgramToProbe,
  goMinor: number,
): Promise<{ readonly capture: Capture; readonly gctrace: readonly string[] }> {
  const tracefs = await findTracefs(say);
  removeLeftovers(tracefs);
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const service = await start(program.path, ['-host', '127.0.0.1', '-port', '0'], {
    env: serviceEnv,
    stdout: (line) => stdout.push(line),
    stderr: (line) => stderr.push(line),
  });
  const watched = openProcess(service.pid);
  try {
    await delay(quietMs);
    const clock = systemClock();
    const originNs = clock.originMonotonicNs;
    const points = await pointsOf(watched, program, goMinor);
    const plans = points.map(({ plan }) => plan);
    const group = addUprobes(tracefs, { path: watched.executable, plans, bufferKiB, originNs });
    try {
      const printedBefore = stderr.length;
      const startNs = clock.nowNs();
      const requests = await sendPlanned(addressIn(stdout) ?? '', clock);
      await delay(quietMs); // the sweeper comes to its end
      const durationNs = clock.nowNs() - startNs;
      const { hits, lost } = group.drain(startNs + durationNs);
      if (lost > 0) throw new Error(`the kernel lost ${lost} records`);
      const byAddress = new Map(points.map((point) => [point.address, point]));
      const edges = hits.flatMap((hit) => {
        const point = byAddress.get(addressOf(hit));
        return point === undefined ? [] : [edgeOf(hit, point)];
      });
      const { calls, open, unmatched, restarts } = pairCalls(edges, startNs);
      say(`${calls.length} calls; ${open} open, ${unmatched} unmatched, ${restarts} entered twice`);
      if (open + unmatched > 0) throw new Error('some calls are not whole');
      const gctrace = stderr.slice(printedBefore).filter((line) => /^gc \d/.test(line));
      const recorded = new Date(clock.originUnixMs).toISOString().slice(0, 10);
      const head = { goVersion: program.goVersion, durationNs, recorded, requests, lost: 0 };
      return { capture: { head, calls }, gctrace };
    } finally {
      await group.remove();
    }
  } finally {
    watched.memory.close();
    await service.terminate(5_000);
  }
}

/** Every call's entry and returns, also of functions without a frame, whose returns only a disassembler tells. */
async function pointsOf(watched: LocalProcess, program: ProgramToProbe, goMinor: number) {
  const symbols = probeSet(goMinor).map((probe) => probeCatalogue[probe].symbol);
  const sites = await findProbeSites(program, symbols);
  const probeSites = new Map([...sites].map(([symbol, found]) => [symbol.slice('runtime.'.length), found]));
  const disassembled = { ...watched, program: { ...watched.program, probeSites } };
  return callPoints(disassembled, placeOf(watched.program, watched.loadBias)).points;
}

/** Per CPU: 100,000 records and more, of about 80 bytes; they are read at the end, so that no reader disturbs. */
const bufferKiB = 16_384;

/** As the demo runs, on two processors; the small heap collects often and makes goroutines assist. */
const serviceEnv = { GODEBUG: 'gctrace=1', GOMAXPROCS: '2', GOGC: '100' };

const quietMs = 1_000;

// Ended early, it still takes its probes out (uprobe-group.ts), ends the service and removes its file, at the exit.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

await main(process.argv[2] ?? '').catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
});
