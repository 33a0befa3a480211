import { readFileSync } from 'node:fs';
import { bytesOf } from '../../src/binary/byte-source.js';
import { fileOffsetOf, readElf } from '../../src/binary/elf.js';
import type { FunctionSites, ProbeSite } from '../../src/binary/probe-site.js';
import { findProbePoint, maxPrologueLength } from '../../src/binary/prologue.js';
import { goEnvironment } from '../../src/system/go-toolchain.js';
import { run } from '../../src/system/process.js';

/** The program's file, the release that built it, and a go command that can be that release. */
export interface ProgramToProbe {
  readonly path: string;
  readonly goVersion: string;
  readonly goCommand: string;
}

/**
 * Finds where the functions can be probed, by their symbols. Where instructions begin is told by the disassembler of the release that
 * built the program, and compared with the bytes in the file: a probe inside an instruction makes the program run other
 * code than its own.
 */
export async function findProbeSites(
  program: ProgramToProbe,
  symbols: readonly string[],
): Promise<ReadonlyMap<string, FunctionSites>> {
  const listed = await disassemble(program, symbols);
  const file = readFileSync(program.path);
  const elf = readElf(bytesOf(file));
  return new Map(
    symbols.map((symbol) => {
      const code = instructionsOf(listed, symbol);
      const places = code.map((instruction) => {
        const offset = fileOffsetOf(elf, instruction.address);
        const inFile = file.toString('hex', offset, (offset ?? 0) + instruction.bytes.length / 2);
        if (offset === undefined || inFile !== instruction.bytes)
          throw new Error(`'${symbol}' is not in the file as it was disassembled`);
        return { ...instruction, offset };
      });
      return [symbol, sitesIn(symbol, places, file)];
    }),
  );
}

/** Functions by their symbols, as the disassembler of the release that built the program lists them. */
export type Listing = ReadonlyMap<string, readonly Instruction[]>;

export async function disassemble(program: ProgramToProbe, symbols: readonly string[]): Promise<Listing> {
  const wanted = `^(${symbols.map((symbol) => symbol.replace(/[.*()]/g, '\\$&')).join('|')})$`;
  const { stdout } = await run(program.goCommand, ['tool', 'objdump', '-s', wanted, program.path], {
    env: goEnvironment(process.env, program.goVersion),
  });
  return readListing(stdout);
}

/** Empty where the program has no such function. */
export const instructionsOf = (listing: Listing, symbol: string): readonly Instruction[] =>
  listing.get(symbol) ?? [];

export interface Instruction {
  readonly address: number;
  /** In hex. */
  readonly bytes: string;
}

interface Placed extends Instruction {
  readonly offset: number;
}

/** The `jbe` of the stack check, which the kernel emulates; where a function has no check, its first instruction. */
function sitesIn(symbol: string, code: readonly Placed[], file: Buffer): FunctionSites {
  const [first] = code;
  if (first === undefined) throw new Error(`the program has no function '${symbol}'`);
  const point = findProbePoint(file.subarray(first.offset, first.offset + maxPrologueLength));
  const entry = code.find(({ offset }) => offset === first.offset + (point?.offset ?? 0));
  if (entry === undefined)
    throw new Error(`no instruction of '${symbol}' begins where its stack check was found`);
  const returns = code.filter(({ bytes }) => bytes === ret);
  if (returns.length === 0) throw new Error(`'${symbol}' returns nowhere`);
  return { entry: siteOf(entry, point !== undefined), returns: returns.map((each) => siteOf(each, false)) };
}

const siteOf = ({ address, offset, bytes }: Placed, isEmulated: boolean): ProbeSite => ({
  address,
  fileOffset: offset,
  bytes: Buffer.from(bytes, 'hex'),
  before: 0,
  isEmulated,
});

const ret = 'c3';

/** `TEXT runtime.GC(SB) ...`, and lines `  mgc.go:592  0x428abc  c3  RET`. */
function readListing(text: string): Listing {
  const functions = new Map<string, Instruction[]>();
  let current: Instruction[] = [];
  for (const line of text.split('\n')) {
    const symbol = /^TEXT (\S+)\(SB\)/.exec(line)?.[1];
    if (symbol !== undefined) {
      current = [];
      functions.set(symbol, current);
    }
    const [, address, bytes] = /^\s+\S+:\d+\s+0x([0-9a-f]+)\s+([0-9a-f]+)\s/.exec(line) ?? [];
    if (address !== undefined && bytes !== undefined)
      current.push({ address: Number.parseInt(address, 16), bytes });
  }
  return functions;
}
