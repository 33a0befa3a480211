import type { Layout } from './layouts.js';
import type { RuntimeCode } from './runtime-code.js';

/**
 * Whether a goroutine's fields lie where the layout says, by the offsets at which the program's own code reaches for them:
 * newproc1 gives a new goroutine its id, goroutineheader prints it; gopark and gcStart take the thread of the one that runs
 * (runtime/proc.go, traceback.go, mgc.go, Go 1.16 to 1.27). Beside them no other field is used by both of a pair. What
 * m.curg is a probe tells itself: it must be the goroutine that came by.
 */
export const knowsGoroutines = (code: RuntimeCode, { g }: Layout): boolean =>
  goroutineUsers.goid.every((name) => code.offsetsIn(name).has(g.goid)) &&
  goroutineUsers.m.every((name) => code.offsetsIn(name).has(g.m));

export const goroutineUsers = { goid: ['newproc1', 'goroutineheader'], m: ['gcStart', 'gopark'] } as const;

/** The functions that are looked into for it. */
export const goroutineFunctions: readonly string[] = Object.values(goroutineUsers).flat();
