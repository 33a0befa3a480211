import { type Bytes, bytes, durationNs, type Nanos } from '../gc/units.js';

/** What this process cost since the last reading. */
export interface SelfCost {
  /** Share of one core, 0 to 1. */
  readonly cpuShare: number;
  readonly rss: Bytes;
}

/** Reads this process's own cost; each call covers the time since the one before. */
export function selfCostMeter(nowNs: Nanos): (nowNs: Nanos) => SelfCost {
  let lastNs = nowNs;
  let lastCpu = process.cpuUsage();
  return (now) => {
    const cpu = process.cpuUsage(lastCpu);
    const passedNs = durationNs(Math.max(1, now - lastNs));
    lastCpu = process.cpuUsage();
    lastNs = now;
    return { cpuShare: ((cpu.user + cpu.system) * 1000) / passedNs, rss: bytes(process.memoryUsage.rss()) };
  };
}
