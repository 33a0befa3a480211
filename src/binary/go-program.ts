import { GctopError } from '../error.js';
import { readBuildInfo } from './build-info.js';
import type { ByteSource } from './byte-source.js';
import {
  type Elf,
  fileOffsetOf,
  firstLoadAddress,
  type Machine,
  readAddress,
  readElf,
  sectionNamed,
} from './elf.js';
import { type GoVersion, parseGoVersion } from './go-version.js';
import { type GlobalSizes, knownReleases, type Layout, layoutFor, sizesFor } from './layouts.js';
import { findProbePoint, maxPrologueLength } from './prologue.js';
import { type ElfSymbol, findSymbols, hasSymbols } from './symbols.js';

/** A Go program on disk: all that must be known of it to read its collector's figures from memory. */
export interface GoProgram {
  /** As the runtime spells it: `go1.26.5`. */
  readonly goVersion: string;
  readonly version: GoVersion;
  readonly machine: Machine;
  readonly pie: boolean;
  /** A PIE lies (address of the file's first mapping - this) above every address below; other programs lie there. */
  readonly firstLoadAddress: number;
  readonly mainPackage: string | undefined;
  readonly layout: Layout;
  readonly globals: Globals;
  /** Where one uprobe sees every cycle end; undefined where none may sit, for the reason in `noCycleProbe`. */
  readonly cycleProbe: ProbeSite | undefined;
  readonly noCycleProbe: string | undefined;
}

/** Addresses of the runtime's globals, as linked. */
export interface Globals {
  readonly work: number;
  readonly memstats: number;
  readonly gcController: number;
  readonly mheap_: number;
  readonly sweep: number;
  /** GOGC in Go 1.16; later gcController.gcPercent. */
  readonly gcpercent: number | undefined;
  /** The nanotime from which gctrace's `@` counts. */
  readonly runtimeInitTime: number | undefined;
}

/** A place for a uprobe. tracefs takes the file offset. */
export interface ProbeSite {
  /** Of the instruction to probe, as linked. */
  readonly address: number;
  readonly fileOffset: number;
  /** The function's own bytes from its first to the end of that instruction, to be compared again before probing. */
  readonly functionFileOffset: number;
  readonly bytes: Uint8Array;
}

/**
 * Reads a program's file. Throws NOT_GO, UNSUPPORTED_MACHINE, UNKNOWN_GO_VERSION, STRIPPED or UNKNOWN_LAYOUT; a program
 * that is returned has the symbols, and the sizes of symbols, that its layout asks for.
 */
export function inspectGoProgram(source: ByteSource): GoProgram {
  const elf = readElf(source);
  const { goVersion, mainPackage } = buildInfoOf(elf);
  const { version, layout, sizes } = releaseOf(goVersion, elf.machine);
  const symbols = symbolsOf(elf);
  checkSizes(symbols, sizes, goVersion);
  return {
    goVersion,
    version,
    machine: elf.machine,
    pie: elf.isPie,
    firstLoadAddress: firstLoadAddress(elf),
    mainPackage,
    layout,
    globals: globalsOf(symbols),
    ...cycleProbeOf(elf, symbols.get(cycleEnd)),
  };
}

function buildInfoOf(elf: Elf): { goVersion: string; mainPackage: string | undefined } {
  const info = readBuildInfo(elf);
  if (info) return info;
  if (pclntabSections.some((name) => sectionNamed(elf, name))) {
    throw new GctopError('UNKNOWN_GO_VERSION', 'the Go program does not say which Go release built it', {
      hint: 'build it so that .go.buildinfo is kept',
    });
  }
  throw new GctopError('NOT_GO', 'it is not a Go program (it has no Go build information)', {
    hint: 'pass the pid of the Go program, not of its shell or wrapper',
  });
}

// Every Go program has this table; in a position-independent one it had the second name until Go 1.25.
const pclntabSections = ['.gopclntab', '.data.rel.ro.gopclntab'];

function releaseOf(
  goVersion: string,
  machine: Machine,
): { version: GoVersion; layout: Layout; sizes: GlobalSizes } {
  if (machine !== 'x86-64') {
    const name = machine === 'other' ? "the program's processor" : `'${machine}'`;
    throw new GctopError('UNSUPPORTED_MACHINE', `${name} is not supported: nothing was validated there`, {
      hint: 'gctop reads programs built for linux/amd64',
    });
  }
  const version = parseGoVersion(goVersion);
  const layout = version && layoutFor(version, machine);
  const sizes = version && sizesFor(version, machine);
  if (version === undefined || layout === undefined || sizes === undefined) {
    throw new GctopError(
      'UNKNOWN_GO_VERSION',
      `Go version '${goVersion}' is not known; known are the releases ${knownReleases}`,
      {
        hint: 'build the program with a release in that range, or look for a newer gctop',
      },
    );
  }
  return { version, layout, sizes };
}

type Symbols = ReadonlyMap<string, ElfSymbol>;

const cycleEnd = 'runtime.freeStackSpans';
const neededGlobals = ['work', 'memstats', 'gcController', 'mheap_', 'sweep'] as const;
const symbolNames = [...neededGlobals, 'gcpercent', 'runtimeInitTime', 'freeStackSpans'].map(
  (name) => `runtime.${name}`,
);

function symbolsOf(elf: Elf): Symbols {
  if (hasSymbols(elf)) return findSymbols(elf, symbolNames);
  throw stripped('the program has no symbol table; stripped programs are not supported yet');
}

function needed(symbols: Symbols, name: string): ElfSymbol {
  const symbol = symbols.get(`runtime.${name}`);
  if (symbol === undefined) throw stripped(`the program's symbol table does not name 'runtime.${name}'`);
  return symbol;
}

const stripped = (message: string): GctopError =>
  new GctopError('STRIPPED', message, { hint: 'build it without -ldflags=-s and do not strip it' });

/** A runtime with changed structs (a vendor's, or an experiment's) says so by the sizes of its globals. */
function checkSizes(symbols: Symbols, sizes: GlobalSizes, goVersion: string): void {
  for (const name of neededGlobals) {
    const size = needed(symbols, name).size;
    const exactly = name === 'work' || name === 'gcController' ? sizes.exactly[name] : undefined;
    if (exactly === undefined ? size >= sizes.atLeast[name] : size === exactly) continue;
    const expected = exactly === undefined ? `at least ${sizes.atLeast[name]}` : `${exactly}`;
    throw new GctopError(
      'UNKNOWN_LAYOUT',
      `'runtime.${name}' has ${size} bytes, where ${expected} are expected of '${goVersion}'`,
      { hint: 'the runtime seems to be changed; build the program with an unchanged Go release' },
    );
  }
}

function globalsOf(symbols: Symbols): Globals {
  return {
    work: needed(symbols, 'work').address,
    memstats: needed(symbols, 'memstats').address,
    gcController: needed(symbols, 'gcController').address,
    mheap_: needed(symbols, 'mheap_').address,
    sweep: needed(symbols, 'sweep').address,
    gcpercent: symbols.get('runtime.gcpercent')?.address,
    runtimeInitTime: symbols.get('runtime.runtimeInitTime')?.address,
  };
}

/** freeStackSpans runs once a cycle, after its record is complete and before the next cycle can begin (runtime/mgc.go). */
function cycleProbeOf(
  elf: Elf,
  symbol: ElfSymbol | undefined,
): Pick<GoProgram, 'cycleProbe' | 'noCycleProbe'> {
  const refuse = (noCycleProbe: string) => ({ cycleProbe: undefined, noCycleProbe });
  if (symbol === undefined) return refuse(`the program has no symbol '${cycleEnd}'`);
  const functionFileOffset = fileOffsetOf(elf, symbol.address);
  if (functionFileOffset === undefined) return refuse(`'${cycleEnd}' is not in the program's file`);
  const point = findProbePoint(readAddress(elf, symbol.address, maxPrologueLength));
  if (point === undefined) return refuse(`'${cycleEnd}' begins with instructions that are not known`);
  const { offset, bytes } = point;
  return {
    cycleProbe: {
      address: symbol.address + offset,
      fileOffset: functionFileOffset + offset,
      functionFileOffset,
      bytes,
    },
    noCycleProbe: undefined,
  };
}
