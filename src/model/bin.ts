/** How many bins of each length a series keeps: twice the widest chart with two samples a column. A power of two. */
export const binCapacity = 1024;

/** A bin's place in its ring. Holds for bins before the origin, too: -1 & 1023 is 1023. */
export const slotOf = (bin: number): number => bin & (binCapacity - 1);

/** Stands for the newest bin while there is none: older than any that a time in nanoseconds can fall into. */
export const beforeAll = Number.MIN_SAFE_INTEGER;
