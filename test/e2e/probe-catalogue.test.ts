import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ProbeColumn,
  type ProbeSpec,
  probeCatalogue,
  probeNames,
  probeSet,
} from '../../src/gc/probe.js';
import { run } from '../../src/system/process.js';
import { build } from '../helpers/go-program.js';

// GOTOOLCHAIN=go1.16.15 asks another release.
test('the catalogue is true of a real program: functions, arguments, fields and results', async () => {
  const { path, goMinor } = await build('gc-service');
  const functions = await describe(path);
  const placeable = probeNames.filter((name) => isPlaceable(probeCatalogue[name], functions));
  assert.deepEqual(placeable, probeSet(goMinor), `Go 1.${goMinor}`);
});

interface GoFunction {
  readonly Name: string;
  readonly Args: Readonly<Record<string, string>>;
  readonly Results: readonly string[] | null;
  readonly Placed: boolean;
  readonly Inlined: number;
}

/** What Pixie reads as a number: it goes by the names of types, and knows no named ones. int it cuts off at 32 bits. */
const readable: Readonly<Record<ProbeColumn['type'], readonly string[]>> = {
  integer: ['int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64', 'uintptr'],
  float: ['float32', 'float64'],
};

function isPlaceable({ symbol, columns }: ProbeSpec, functions: ReadonlyMap<string, GoFunction>): boolean {
  const found = functions.get(symbol);
  if (!found?.Placed || found.Inlined > 0) return false;
  return columns.every(({ of, expression, type }) => {
    const has = of === 'argument' ? found.Args[expression] : found.Results?.[Number(expression.slice(1))];
    return has !== undefined && readable[type].includes(has);
  });
}

async function describe(path: string): Promise<ReadonlyMap<string, GoFunction>> {
  const dwarf = await build('dwarf');
  const symbols = probeNames.map((name) => probeCatalogue[name].symbol);
  const { stdout } = await run(dwarf.path, [path, ...symbols]);
  const functions: readonly GoFunction[] = stdout.split('\n').map((line) => JSON.parse(line));
  return new Map(functions.map((found) => [found.Name, found]));
}
