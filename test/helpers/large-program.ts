import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findGo, goEnvironment, isAtLeast, releaseIn } from '../../src/system/go-toolchain.js';
import { run } from '../../src/system/process.js';
import { programCache } from './cache.js';

/** As many functions, of half a KiB each, make a program of more than 100 MB. */
const functions = 170_000;

const goMod = 'module example.com/large\n\ngo 1.16\n';

/** Collects fifty times a second. */
const mainGo = `package main

import (
	"fmt"
	"runtime"
	"time"
)

var table [${functions}]uintptr

func main() {
	fmt.Println("ready", table[0] != 0)
	for {
		runtime.GC()
		time.Sleep(20 * time.Millisecond)
	}
}
`;

/**
 * A Go program of more than 100 MB, of code and of a table of functions like that of a program with as much of it; written
 * in assembly language, which is built in seconds. Built once.
 */
export async function largeProgram(flags: readonly string[]): Promise<string> {
  const go = await findGo({ env: process.env, onProgress: () => {} });
  const release = releaseIn(process.env.GOTOOLCHAIN ?? '') ?? go.version;
  const hash = createHash('sha256')
    .update(JSON.stringify([release, flags, functions, mainGo]))
    .digest('hex');
  const path = join(programCache, `large-${hash.slice(0, 12)}`, 'large');
  if (existsSync(path)) return path;
  await mkdir(join(path, '..'), { recursive: true });
  const scratch = `${path}.${process.pid}`;
  const cwd = mkdtempSync(join(tmpdir(), 'gctop-large-'));
  try {
    writeFileSync(join(cwd, 'go.mod'), goMod);
    writeFileSync(join(cwd, 'main.go'), mainGo);
    writeFileSync(join(cwd, 'functions_amd64.s'), assembly());
    const vcs = isAtLeast(release, 18) ? ['-buildvcs=false'] : [];
    await run(go.command, ['build', ...vcs, ...flags, '-o', scratch, '.'], {
      cwd,
      env: { ...goEnvironment(process.env, release), GOOS: 'linux', GOARCH: 'amd64' },
    });
    renameSync(scratch, path);
  } finally {
    rmSync(cwd, { recursive: true });
  }
  return path;
}

/** Functions that are kept because a table holds their addresses. */
function assembly(): string {
  const eightTimes = (name: string, what: string) => `#define ${name} ${Array(8).fill(what).join('; ')}`;
  const lines = [
    '#include "textflag.h"',
    eightTimes('EIGHT', 'QUAD $0x9090909090909090'),
    eightTimes('BODY', 'EIGHT'),
  ];
  for (let i = 0; i < functions; i++) {
    lines.push(`TEXT ·function${i}(SB), NOSPLIT, $0-0`, 'BODY', 'RET');
    lines.push(`DATA ·table+${8 * i}(SB)/8, $·function${i}(SB)`);
  }
  return `${lines.join('\n')}\nGLOBL ·table(SB), NOPTR, $${8 * functions}\n`;
}
