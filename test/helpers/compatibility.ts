import type { TestContext } from 'node:test';
import { compileWithBuf, fetchBuf } from './buf.js';
import { type BusyProgram, startService } from './busy-program.js';
import { fetchEsbuild, serveEsbuild } from './esbuild.js';
import { build, type Variant } from './go-program.js';
import { serveKubectl } from './kubectl-proxy.js';
import { oldKubectl } from './kubectls.js';

/** A program whose cycles are compared with its own gctrace. */
export interface TriedProgram {
  readonly name: string;
  /** How it is built, in the words of the table. */
  readonly kind: string;
  /** The release that built it: '1.16.15'. */
  readonly go: string;
  /** Fetches or builds it, once. */
  readonly make: () => Promise<string>;
  readonly start: (t: TestContext, path: string) => Promise<BusyProgram>;
}

/** What is tried of one minor version of Go. */
export interface CompatibilityRow {
  readonly minor: string;
  /** The release that builds the demo service here: one for each minor version, the newest that can be had. */
  readonly release: string;
  readonly builds: readonly TriedProgram[];
  readonly fromElsewhere: readonly TriedProgram[];
}

/** How many cycles of each program are compared at least. */
export const leastCycles = 50;

const stripped = '-ldflags=-s -w';
const pie = '-buildmode=pie';

type Build = Omit<Variant, 'release'>;

/** How the demo service is built with every release. */
const everywhere: Readonly<Record<string, Build>> = {
  symbols: {},
  stripped: { flags: [stripped] },
  'PIE stripped': { flags: [pie, stripped] },
  cgo: { cgo: true },
};

/** The release with which it is built in every other way as well. */
const mostWays = '1.26.8';

/** Those other ways. */
const further: Readonly<Record<string, Build>> = {
  PIE: { flags: [pie] },
  'cgo PIE stripped': { cgo: true, flags: [pie, stripped] },
  '-N -l stripped': { flags: ['-gcflags=all=-N -l', stripped] },
};

export const compatibility: readonly CompatibilityRow[] = [
  row('1.16.15', [esbuild('0.9.7', '1.16.2')]),
  row('1.17.13', [esbuild('0.14.25', '1.17.8')]),
  row('1.18.10', [esbuild('0.14.39', '1.18.1')]),
  row('1.19.13', [esbuild('0.16.17', '1.19.4'), debiansKubectl()]),
  row('1.20.14', [esbuild('0.21.5', '1.20.12')]),
  row('1.21.13', [buf('1.28.1', '1.21.4')]),
  row('1.22.12', [esbuild('0.22.0', '1.22.4')]),
  row('1.23.12', [esbuild('0.24.2', '1.23.1'), esbuild('0.25.12', '1.23.12')]),
  row('1.24.13', [buf('1.52.0', '1.24.2')]),
  row('1.25.12', [esbuild('0.27.7', '1.25.7')]),
  row(mostWays, [esbuild('0.28.2', '1.26.5')], { ...everywhere, ...further }),
  row('1.27.4', [buf('1.75.0', '1.27.3')]),
];

/** The releases that build programs here, as GOTOOLCHAIN has them: 'go1.16.15'. */
export const goReleases = compatibility.map(({ release }) => `go${release}`);

/** What the README says of the programs of the table, and promises of each; a text a line. */
export const compatibilityPromise: readonly string[] = [
  `The demo service is built in these ways: ${waysOf(everywhere)}; with ${mostWays} also ${waysOf(further)}. Of each program`,
  `${leastCycles} cycles or more are compared, and all are equal.`,
];

/** The README's table in Markdown, a text a line; with what came of each row as a last column. */
export const compatibilityTable = (resultOf?: (row: CompatibilityRow) => string): readonly string[] =>
  [
    [
      'Go',
      'the demo service, built with',
      'stripped programs from elsewhere',
      ...(resultOf ? ['came out'] : []),
    ],
    ['---', '---', '---', ...(resultOf ? ['---'] : [])],
    ...compatibility.map((row) => {
      const fromElsewhere = row.fromElsewhere.map(({ name, go }) => `${name} (${go})`).join(', ');
      return [row.minor, row.release, fromElsewhere, ...(resultOf ? [resultOf(row)] : [])];
    }),
  ].map((cells) => `| ${cells.join(' | ')} |`);

function row(
  release: string,
  fromElsewhere: readonly TriedProgram[],
  builds: Readonly<Record<string, Build>> = everywhere,
): CompatibilityRow {
  return {
    minor: release.slice(0, release.lastIndexOf('.')),
    release,
    builds: Object.entries(builds).map(([name, variant]) => ({
      name,
      kind: name,
      go: release,
      make: async () => (await build('gc-service', { ...variant, release: `go${release}` })).path,
      start: startService,
    })),
    fromElsewhere,
  };
}

function esbuild(version: string, go: string): TriedProgram {
  return published(`esbuild ${version}`, go, { make: () => fetchEsbuild(version), start: serveEsbuild });
}

function buf(version: string, go: string): TriedProgram {
  return published(`buf ${version}`, go, { make: () => fetchBuf(version), start: compileWithBuf });
}

function debiansKubectl(): TriedProgram {
  const make = async () => (await oldKubectl()).path;
  return published("Debian 12's kubectl 1.20", '1.19.8', { make, start: serveKubectl });
}

function published(name: string, go: string, how: Pick<TriedProgram, 'make' | 'start'>): TriedProgram {
  return { name, kind: 'stripped', go, ...how };
}

function waysOf(builds: Readonly<Record<string, Build>>): string {
  return Object.keys(builds).join(', ');
}
