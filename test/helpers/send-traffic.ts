import assert from 'node:assert/strict';

const paths = [
  '/allocate-memory-and-run-gc?arrayLength=100&bytesPerElement=8192',
  '/allocate-memory?arrayLength=500&bytesPerElement=4096',
  '/run-gc',
  '/allocate-memory?arrayLength=200&bytesPerElement=8192',
];

/** Sends gc-service requests of every kind, four at a time, until the signal; at most a minute. */
export async function sendTraffic(address: string, signal: AbortSignal): Promise<void> {
  const until = performance.now() + 60_000;
  const one = async (first: number) => {
    for (let i = first; !signal.aborted && performance.now() < until; i++) {
      const answer = await fetch(`http://${address}${paths[i % paths.length]}`);
      assert.equal(answer.status, 200, await answer.text());
    }
  };
  await Promise.all([0, 1, 2, 3].map(one));
}

/** The address in the line that gc-service prints once it listens. */
export const addressIn = (lines: readonly string[]): string | undefined =>
  lines.map((line) => /^listening on (\S+)$/.exec(line)?.[1]).find((address) => address !== undefined);
