/** The dashed form of 128 bits that come as two halves. */
export function uuidText({ high, low }: Halves): string {
  const hex = hex64(high) + hex64(low);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

export interface Halves {
  readonly high: bigint;
  readonly low: bigint;
}

/** The halves of a UUID in its dashed form; nothing for any other text. */
export function uuidHalves(text: string): Halves | undefined {
  if (!isUuid(text)) return undefined;
  const hex = text.replaceAll('-', '');
  return { high: BigInt(`0x${hex.slice(0, 16)}`), low: BigInt(`0x${hex.slice(16)}`) };
}

export const isUuid = (text: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);

const hex64 = (half: bigint): string => BigInt.asUintN(64, half).toString(16).padStart(16, '0');
