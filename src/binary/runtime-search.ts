import { GctopError } from '../error.js';
import { witnessFunctions } from './field-check.js';
import { type Globals, locateGlobals, locatingFunctions } from './globals.js';
import { type GoVersion, parseGoVersion } from './go-version.js';
import { goroutineFunctions } from './goroutine-check.js';
import {
  globalNames,
  knownReleases,
  type Layout,
  possibleLayouts,
  type ReleaseLayout,
  releaseLayoutFor,
} from './layouts.js';
import type { Pclntab } from './pclntab.js';
import type { ProgramImage } from './program-image.js';
import { functionsBySymbol, functionsInTable, RuntimeCode, type RuntimeFunctions } from './runtime-code.js';
import { asksForIt, statedVersion } from './stated-version.js';
import { globalsBySymbol, readSymbols } from './symbol-globals.js';

/** The Go runtime in a program: which it is, and where its collector keeps its figures. */
export interface FoundRuntime {
  readonly goVersion: string;
  readonly version: GoVersion;
  readonly layout: Layout;
  readonly globals: Globals;
  readonly code: RuntimeCode;
}

/** What is known of the program's functions, and which are looked up beside those that the search itself needs. */
export interface Known {
  readonly table: Pclntab | undefined;
  readonly probed?: readonly string[];
}

/**
 * Finds the runtime's globals, by symbol or by the code that uses them, and holds the release's layout against the code.
 * `built` is the release by the build information. Throws UNKNOWN_GO_VERSION, STRIPPED or UNKNOWN_LAYOUT.
 */
export function findRuntime(
  image: ProgramImage,
  built: string | undefined,
  { table, probed = [] }: Known,
): FoundRuntime {
  const code = runtimeCodeOf(image, table, probed);
  const stated = built ?? statedVersion(image, code);
  const version = stated === undefined ? undefined : parseGoVersion(stated);
  const release = version && releaseLayoutFor(version, image.elf.machine);
  const candidates = release ? [release] : possibleLayouts(version, image.elf.machine);
  if (candidates.length === 0) throw unknownVersion(stated);
  const symbols = readSymbols(image.elf);
  const tried = candidates.map((candidate) => {
    const search = { code, ...candidate };
    const globals = symbols ? globalsBySymbol(search, symbols, candidate.sizes) : locateGlobals(search);
    return { candidate, globals };
  });
  const fitting = tried.flatMap(({ candidate, globals }) =>
    typeof globals === 'string' ? [] : [{ candidate, globals }],
  );
  const [best] = fitting;
  if (best === undefined) throw unknownLayout(tried, stated);
  if (fitting.some((other) => placesOf(other) !== placesOf(best))) throw severalLayouts(stated);
  const goVersion = stated ?? fitting.map(({ candidate }) => candidate.since).join(' or ');
  return {
    goVersion,
    version: version ?? {
      text: goVersion,
      minor: best.candidate.minor,
      patch: 0,
      stage: 'release',
      experiments: [],
    },
    layout: best.candidate.layout,
    globals: best.globals,
    code,
  };
}

/** Runs once a cycle, after its record is complete and before the next cycle can begin (runtime/mgc.go). */
export const cycleEnd = 'freeStackSpans';
const functionNames = [
  ...new Set([...witnessFunctions, ...locatingFunctions, ...goroutineFunctions, asksForIt, cycleEnd]),
];

/** The functions that are looked into. Throws STRIPPED where nothing tells where they are. */
export const runtimeCodeOf = (
  image: ProgramImage,
  table: Pclntab | undefined,
  probed: readonly string[] = [],
): RuntimeCode =>
  new RuntimeCode(image.elf, functionsOf(image, table, [...new Set([...functionNames, ...probed])]));

/** By the table of functions, which stripping leaves; a file whose table was removed may have symbols yet. */
function functionsOf(
  image: ProgramImage,
  table: Pclntab | undefined,
  names: readonly string[],
): RuntimeFunctions {
  const found = table && functionsInTable(image, table, names);
  if (found) return found;
  const bySymbol = functionsBySymbol(image.elf, names);
  if (bySymbol.size > 0) return bySymbol;
  const what = table ? 'its table of functions cannot be read' : 'it has no table of functions';
  throw new GctopError('STRIPPED', `the program has no symbols, and ${what}`, {
    hint: 'build it without -ldflags=-s and do not strip it',
  });
}

interface Fitting {
  readonly candidate: ReleaseLayout;
  readonly globals: Globals;
}

/** Where all that is read lies. Layouts that put all of it into the same places are not told apart, and need not be. */
function placesOf({ candidate: { layout }, globals }: Fitting): string {
  const places = globalNames.flatMap((global) =>
    Object.values<number | undefined>(layout[global]).map((offset) =>
      offset === undefined ? undefined : (globals[global] ?? 0) + offset,
    ),
  );
  return JSON.stringify(places);
}

function unknownVersion(goVersion: string | undefined): GctopError {
  return new GctopError(
    'UNKNOWN_GO_VERSION',
    `Go version '${goVersion}' is not known; known are the releases ${knownReleases}`,
    { hint: 'build the program with a release in that range, or look for a newer gctop' },
  );
}

interface Tried {
  readonly candidate: ReleaseLayout;
  readonly globals: Globals | string;
}

/** One layout that does not fit is told with what does not; of many, that none does. */
function unknownLayout(tried: readonly Tried[], goVersion: string | undefined): GctopError {
  const release = goVersion === undefined ? 'a Go program that does not tell its release' : `'${goVersion}'`;
  const [only, ...others] = tried;
  const what =
    typeof only?.globals === 'string' && others.length === 0
      ? `${only.globals}, as is expected of ${release}`
      : `${release} does not fit any of the layouts that may be its own`;
  return new GctopError('UNKNOWN_LAYOUT', what, {
    hint: 'the runtime seems to be changed; build the program with an unchanged Go release',
  });
}

const severalLayouts = (goVersion: string | undefined): GctopError =>
  new GctopError(
    'UNKNOWN_GO_VERSION',
    `the program's code fits more than one Go release${goVersion === undefined ? '' : ` ('${goVersion}')`}`,
    { hint: 'build it so that .go.buildinfo is kept' },
  );
