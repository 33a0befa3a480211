import { GctopError } from '../error.js';
import { readBuildInfo } from './build-info.js';
import { type ByteSource, readUpTo, textOf } from './byte-source.js';
import { type Elf, type Machine, readElf } from './elf.js';
import type { Globals } from './globals.js';
import type { GoVersion } from './go-version.js';
import { knowsGoroutines } from './goroutine-check.js';
import type { Layout } from './layouts.js';
import { findPclntab } from './pclntab.js';
import { type FunctionSites, type ProbeSite, probeSitesOf } from './probe-site.js';
import type { LoadedImage, ProgramImage } from './program-image.js';
import { readBudget } from './read-budget.js';
import { cycleEnd, findRuntime } from './runtime-search.js';
import type { PlacedFunction } from './text-start.js';

/** A Go program on disk: all that must be known of it to read its collector's figures from memory. */
export interface GoProgram {
  /** As the runtime spells it: `go1.26.5`. */
  readonly goVersion: string;
  readonly version: GoVersion;
  readonly machine: Machine;
  readonly pie: boolean;
  /** Where it begins to run. A PIE lies (AT_ENTRY - this) above every address below; other programs lie there. */
  readonly entry: number;
  readonly mainPackage: string | undefined;
  readonly layout: Layout;
  readonly globals: Globals;
  /** Where one uprobe sees every cycle end; undefined where none may sit, for the reason in `noCycleProbe`. */
  readonly cycleProbe: ProbeSite | undefined;
  readonly noCycleProbe: string | undefined;
  /** Where the functions can be probed that were asked for, by their names without `runtime.`; absent: it has no such. */
  readonly probeSites: ReadonlyMap<string, FunctionSites>;
  /** Whether its code takes a goroutine's id, and its thread, from where the layout has them. */
  readonly knowsGoroutines: boolean;
}

/** Reads the memory of a running program, once its file's headers are known. */
export type OpenLoaded = (elf: Elf) => LoadedImage;

/**
 * Reads a program's file and, where it is position-independent and runs, what its memory adds. Throws NOT_GO,
 * UNSUPPORTED_MACHINE, UNKNOWN_GO_VERSION, STRIPPED or UNKNOWN_LAYOUT; in a program that is returned every field of the
 * layout has an instruction that uses it just there.
 */
export function inspectGoProgram(
  source: ByteSource,
  openLoaded?: OpenLoaded,
  probed: readonly string[] = [],
): GoProgram {
  const budget = readBudget(source);
  const elf = readElf(budget.file());
  const loaded = elf.isPie ? openLoaded?.(elf) : undefined;
  const image: ProgramImage = { elf, loaded: loaded && budget.memory(loaded) };
  const info = readBuildInfo(image);
  const table = findPclntab(elf, { mayScan: info !== undefined || elf.sections.length === 0 });
  if (info === undefined && table === undefined) throw notGo(elf);
  refuseOtherMachines(elf.machine);
  const { goVersion, version, layout, globals, code } = findRuntime(image, info?.goVersion, {
    table,
    probed,
  });
  return {
    goVersion,
    version,
    machine: elf.machine,
    pie: elf.isPie,
    entry: elf.entry,
    mainPackage: info?.mainPackage,
    layout,
    globals,
    ...cycleProbeOf(elf, code.placeOf(cycleEnd)),
    knowsGoroutines: knowsGoroutines(code, layout),
    probeSites: new Map(
      probed.flatMap((name) => {
        const place = code.placeOf(name);
        const sites = place && probeSitesOf(elf, place);
        return sites === undefined ? [] : [[name, sites]];
      }),
    ),
  };
}

/** A packed program can be Go; but no probe can sit on what is unpacked in memory. */
function notGo({ source }: Elf): GctopError {
  if (textOf(readUpTo(source, 0, packerMarkWithin)).includes('UPX!')) {
    return new GctopError('NOT_GO', 'its file is packed (UPX): what it is can be seen in memory alone', {
      hint: 'unpack it with `upx -d` and start it again',
    });
  }
  return new GctopError('NOT_GO', 'it is not a Go program (it has no Go build information)', {
    hint: 'pass the pid of the Go program, not of its shell or wrapper',
  });
}

/** The packer's mark stands behind the ELF headers. */
const packerMarkWithin = 512;

function refuseOtherMachines(machine: Machine): void {
  if (machine === 'x86-64') return;
  const name = machine === 'other' ? "the program's processor" : `'${machine}'`;
  throw new GctopError('UNSUPPORTED_MACHINE', `${name} is not supported: nothing was validated there`, {
    hint: 'gctop reads programs built for linux/amd64',
  });
}

const cycleEndName = `runtime.${cycleEnd}`;

function cycleProbeOf(
  elf: Elf,
  place: PlacedFunction | undefined,
): Pick<GoProgram, 'cycleProbe' | 'noCycleProbe'> {
  const refuse = (noCycleProbe: string) => ({ cycleProbe: undefined, noCycleProbe });
  if (place === undefined) return refuse(`the program has no function '${cycleEndName}'`);
  const entry = probeSitesOf(elf, place)?.entry;
  if (entry === undefined) return refuse(`'${cycleEndName}' is not in the program's file`);
  // It has had a stack check in every release: without one this would be another function.
  if (entry.before === 0) return refuse(`'${cycleEndName}' begins with instructions that are not known`);
  return { cycleProbe: entry, noCycleProbe: undefined };
}
