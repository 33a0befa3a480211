import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildGoProgram } from '../../src/system/go-build.js';
import { findGo } from '../../src/system/go-toolchain.js';
import { type Exit, run, start } from '../../src/system/process.js';
import { programCache } from './cache.js';
import { Heard } from './heard.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Go programs of the repository that tests run. */
export const goPrograms = {
  causes: join(root, 'test/fixtures/go/causes'),
  collector: join(root, 'test/fixtures/go/collector'),
  'gc-service': join(root, 'manifests/gc-service'),
  chatty: join(root, 'test/fixtures/go/chatty'),
  worker: join(root, 'test/fixtures/go/worker'),
  dwarf: join(root, 'test/fixtures/go/dwarf'),
  offsets: join(root, 'test/fixtures/go/offsets'),
} as const;

export interface BuiltProgram {
  readonly path: string;
  /** The x of Go 1.x that built it. */
  readonly goMinor: number;
}

/** How a program is built that is not built as usual. */
export interface Variant {
  /** 'go1.20.14'. @default the Go that set-up.ts found or installed, or GOTOOLCHAIN's */
  readonly release?: string;
  /** Of `go build`. */
  readonly flags?: readonly string[];
  /** Links it with C, which needs gcc. */
  readonly cgo?: boolean;
}

/** Builds a program of the repository, once. */
export async function build(name: keyof typeof goPrograms, variant: Variant = {}): Promise<BuiltProgram> {
  const { release, flags = [], cgo = false } = variant;
  const { env } = process;
  const onProgress = () => {};
  if (cgo) await run('gcc', ['--version']); // says that it is missing, where it is
  const go = await findGo({ env, onProgress });
  const built = await buildGoProgram(goPrograms[name], {
    go,
    env,
    onProgress,
    flags,
    cgo,
    outputDir: programCache,
    ...(release === undefined ? {} : { goVersion: release }),
  });
  return { path: built.path, goMinor: Number(/^go1\.(\d+)/.exec(built.goVersion)?.[1]) };
}

/** A Go program that runs with GODEBUG=gctrace=1. */
export interface TracedProgram {
  readonly pid: number;
  /** What it has printed so far; whole once it has ended. */
  readonly stdout: readonly string[];
  readonly gctrace: readonly string[];
  readonly exited: Promise<Exit>;
  /** Resolves once it has printed such a line, at once if it has; also when it ends without one. */
  printed(fits: (line: string, index: number) => boolean): Promise<void>;
  end(): Promise<Exit>;
}

/** Starts a program and waits for its first line. */
export async function startTraced(path: string, args: readonly string[]): Promise<TracedProgram> {
  const stdout = new Heard<string>();
  const gctrace: string[] = [];
  const child = await start(path, args, {
    env: { ...process.env, GODEBUG: 'gctrace=1', GOMAXPROCS: '2' },
    stdout: (line) => stdout.push(line),
    stderr: (line) => gctrace.push(line),
  });
  const printed: TracedProgram['printed'] = async (fits) => {
    await Promise.race([child.exited, stdout.until(() => stdout.messages.find(fits))]);
  };
  await printed(() => true);
  return {
    pid: child.pid,
    stdout: stdout.messages,
    gctrace,
    exited: child.exited,
    printed,
    end: () => child.terminate(5_000),
  };
}
