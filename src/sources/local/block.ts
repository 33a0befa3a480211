/** A time that the runtime has not set: earlier than every time that it has. */
export const notYet = Number.NEGATIVE_INFINITY;

/** A stretch of the target's memory that is read at one go, and the means to take figures out of it. Little endian. */
export class Block {
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #originHigh: number;
  readonly #originLow: number;

  /** `originMonotonicNs` is what the runtime's clock showed at the session's origin. */
  constructor(address: number, length: number, originMonotonicNs: bigint) {
    this.address = address;
    this.bytes = new Uint8Array(length);
    this.#view = new DataView(this.bytes.buffer);
    this.#originHigh = Number(originMonotonicNs >> 32n);
    this.#originLow = Number(originMonotonicNs & 0xffff_ffffn);
  }

  u8(address: number): number {
    return this.#view.getUint8(address - this.address);
  }

  u32(address: number): number {
    return this.#view.getUint32(address - this.address, true);
  }

  s32(address: number): number {
    return this.#view.getInt32(address - this.address, true);
  }

  /** Exact up to 2^53; a larger value (no goal, no limit) stays larger than that. */
  u64(address: number): number {
    const at = address - this.address;
    return this.#view.getUint32(at + 4, true) * 2 ** 32 + this.#view.getUint32(at, true);
  }

  bigU64(address: number): bigint {
    return this.#view.getBigUint64(address - this.address, true);
  }

  f64(address: number): number {
    return this.#view.getFloat64(address - this.address, true);
  }

  /**
   * A nanotime of the runtime, since the session's origin: exact within 104 days (2^53 ns) of it, however long the
   * machine has been up. `notYet` where the runtime stores 0.
   */
  time(address: number): number {
    const at = address - this.address;
    const [high, low] = [this.#view.getUint32(at + 4, true), this.#view.getUint32(at, true)];
    if (high === 0 && low === 0) return notYet;
    return (high - this.#originHigh) * 2 ** 32 + (low - this.#originLow);
  }

  /** How much larger the first of two u64 is than the second; exact where the difference is (wall clock times). */
  difference(address: number, subtrahend: number): number {
    const [a, b] = [address - this.address, subtrahend - this.address];
    const high = this.#view.getUint32(a + 4, true) - this.#view.getUint32(b + 4, true);
    return high * 2 ** 32 + (this.#view.getUint32(a, true) - this.#view.getUint32(b, true));
  }
}
