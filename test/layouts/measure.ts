import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findGo, goEnvironment, isAtLeast } from '../../src/system/go-toolchain.js';
import { run } from '../../src/system/process.js';
import { build } from '../helpers/go-program.js';
import { fieldSpecs, pathOf, pathsOf } from './fields.js';

/** Where a field lies in its global, and how many bytes it has. */
export type Place = readonly [offset: number, size: number];

/** By name in the debug information; what the release does not have is absent. */
export type Places = Readonly<Record<string, Place>>;

/** What one release, with an experiment or without, does on both machines. */
export interface Measured {
  readonly amd64: Places;
  readonly arm64: Places;
}

/** A release, `go1.25.7`, and what GOEXPERIMENT is to be set to: `go1.25.7 greenteagc`. */
export const parseBuild = (text: string): { readonly release: string; readonly experiment: string } => {
  const [release = '', experiment = ''] = text.split(' ');
  return { release, experiment };
};

/** Builds a trivial program with a release, for both machines, and reads where its runtime's fields are. */
export async function measure(text: string): Promise<Measured> {
  const reader = await build('offsets');
  const { release, experiment } = parseBuild(text);
  const minor = Number(/^go1\.(\d+)/.exec(release)?.[1]);
  const go = await findGo({ env: process.env, onProgress: () => {} });
  const folder = mkdtempSync(join(tmpdir(), 'gctop-layouts-'));
  try {
    writeFileSync(join(folder, 'go.mod'), 'module example.com/trivial\n\ngo 1.16\n');
    writeFileSync(join(folder, 'main.go'), 'package main\n\nfunc main() { println("ready") }\n');
    const placesOn = async (machine: 'amd64' | 'arm64'): Promise<Places> => {
      const path = join(folder, machine);
      const env = {
        ...goEnvironment(process.env, release),
        GOOS: 'linux',
        GOARCH: machine,
        GOEXPERIMENT: experiment,
      };
      const vcs = isAtLeast(release, 18) ? ['-buildvcs=false'] : [];
      await run(go.command, ['build', ...vcs, '-o', path, '.'], { cwd: folder, env });
      const { stdout } = await run(reader.path, [path, ...pathsOf(minor)]);
      const places = nearby(JSON.parse(stdout), minor);
      return machine === 'amd64' ? places : onlyRead(places, minor);
    };
    return { amd64: await placesOn('amd64'), arm64: await placesOn('arm64') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Leaves out of a global's fields those that lie far from all that are read: they are in nobody's way. */
function nearby(places: Places, minor: number): Places {
  const limits = Object.entries(fieldSpecs).flatMap(([global, fields]) => {
    const read = Object.keys(fields).flatMap((name) => present(places[pathOf(global, name, minor) ?? '']));
    const [begin, end] = [
      Math.min(...read.map(([offset]) => offset)),
      Math.max(...read.map(([offset, size]) => offset + size)),
    ];
    return read.length === 0 ? [] : [{ global, begin: begin - near, end: end + near }];
  });
  const isNear = ([path, [offset, size]]: readonly [string, Place]): boolean =>
    limits.some(
      ({ global, begin, end }) =>
        path === `runtime.${global}` ||
        (path.startsWith(`runtime.${global}.`) && offset + size > begin && offset < end),
    );
  return Object.fromEntries(Object.entries(places).filter(isNear));
}

export const present = (place: Place | undefined): readonly Place[] => (place === undefined ? [] : [place]);

/** A wrong table is off by a field or two. */
const near = 64;

/** Programs for arm64 are not watched: what lies around the fields is of no use there. */
const onlyRead = (places: Places, minor: number): Places =>
  Object.fromEntries(pathsOf(minor).flatMap((path) => (places[path] ? [[path, places[path]]] : [])));
