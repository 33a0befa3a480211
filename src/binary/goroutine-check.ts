import type { Layout } from './layouts.js';
import type { RuntimeCode } from './runtime-code.js';

/**
 * Whether a goroutine's fields lie where the layout says, by the offsets at which the program's own code reaches for them.
 * newproc1 gives a new goroutine its id, goroutineheader prints it, ready traces it (runtime/proc.go, traceback.go); stopm
 * takes the thread of the one that runs, and systemstack looks at that thread's goroutine (proc.go, asm_amd64.s; Go 1.16 to
 * 1.27). No field near them is used by all of a list. In a program that was built without inlining, for a debugger, ready
 * does not reach for the id itself: there it is not known.
 */
export const knowsGoroutines = (code: RuntimeCode, { g, m }: Pick<Layout, 'g' | 'm'>): boolean =>
  goroutineUsers.goid.every((name) => code.offsetsIn(name).has(g.goid)) &&
  goroutineUsers.m.every((name) => code.offsetsIn(name).has(g.m)) &&
  goroutineUsers.curg.every((name) => code.offsetsIn(name).has(m.curg));

export const goroutineUsers = {
  goid: ['newproc1', 'goroutineheader', 'ready'],
  m: ['stopm', 'systemstack'],
  curg: ['systemstack'],
} as const;

/** The functions that are looked into for it. */
export const goroutineFunctions: readonly string[] = [...new Set(Object.values(goroutineUsers).flat())];
