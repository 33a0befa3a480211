import assert from 'node:assert/strict';
import { join } from 'node:path';
import { pixieSource } from '../../../src/sources/pixie/source.js';
import type { Source } from '../../../src/sources/source.js';
import { systemClock } from '../../../src/system/clock.js';
import { type SourceUnderTest, sourceContract } from '../../contract/source.js';
import { repository } from '../../helpers/pty.js';
import { readCalls } from '../../stand-ins/pixie/calls.js';
import { fastTimes } from '../../stand-ins/pixie/options.js';
import { createPixieServer } from '../../stand-ins/pixie/server.js';

const calls = readCalls(join(repository, 'test', 'fixtures', 'pixie', 'calls-go1.26.ndjson'));

/** Its stream goes on for ever: here it is ended once it has told enough. */
const endedAfter = (source: Source, events: number): Source => ({
  name: source.name,
  async *open(signal, controls) {
    const enough = new AbortController();
    let told = 0;
    for await (const message of source.open(AbortSignal.any([signal, enough.signal]), controls)) {
      if (message.type === 'events') told += message.events.length;
      if (told >= events) enough.abort();
      yield message;
    }
  },
});

sourceContract('a pod watched through Pixie', async (): Promise<SourceUnderTest> => {
  const server = await createPixieServer({ times: fastTimes });
  server.addPod({ name: 'gc-service-1', calls });
  const { address, ca = '', apiKey } = server;
  const source = pixieSource({
    pixie: {
      mode: 'cloud',
      address,
      tls: { ca, verify: true },
      credential: { name: 'pixie-api-key', value: apiKey },
      encrypted: true,
    },
    pod: { namespace: 'default', name: 'gc-service-1', instance: 'uid/container' },
    clock: systemClock(),
    deployment: { resendMs: 200 },
  });
  return {
    source: endedAfter(source, 2_000),
    cleanUp: async () => {
      assert.deepEqual(await source.released, []);
      assert.deepEqual(
        server.tracepoints().filter(({ leaving }) => !leaving),
        [],
      );
      await server.close();
    },
  };
});
