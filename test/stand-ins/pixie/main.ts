// The stand-in as a program of its own, for e2e tests and for trying clients by hand:
//   node --import tsx test/stand-ins/pixie/main.ts '{"fast":true,"pods":[{"name":"gc-service-1","calls":"PATH"}]}'
// Prints one line of JSON with its address, the path of its certificate and the key, then does what lines on its stdin ask
// for, answering each with a line, and ends with its stdin.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stdin, stdout } from 'node:process';
import { createInterface } from 'node:readline';
import { type CallRecording, readCalls } from './calls.js';
import { fastTimes, type PixieServerOptions } from './options.js';
import type { PodOptions } from './pods.js';
import { createPixieServer, type PixieServer } from './server.js';

interface MainOptions extends Omit<PixieServerOptions, 'clock'> {
  readonly fast?: boolean;
  readonly pods?: readonly PodByPath[];
}

/** A pod whose calls are in a file. */
type PodByPath = Omit<PodOptions, 'calls'> & { readonly calls: string };

/** What may be asked for on stdin: `{"do":"removePod","pod":"default/gc-service-1"}`. */
type Request =
  | { readonly do: 'addPod'; readonly pod: PodByPath }
  | { readonly do: 'removePod'; readonly pod: string }
  | { readonly do: 'cutNextScript'; readonly after: number }
  | { readonly do: 'setClusterStatus'; readonly status: number }
  | { readonly do: 'revokeKey' | 'cutStreams' | 'dropConnections' | 'tracepoints' };

const recordings = new Map<string, CallRecording>();

function podOf({ calls, ...pod }: PodByPath): PodOptions {
  const recording = recordings.get(calls) ?? readCalls(calls);
  recordings.set(calls, recording);
  return { ...pod, calls: recording };
}

function answer(server: PixieServer, request: Request): unknown {
  switch (request.do) {
    case 'addPod':
      return { pid: server.addPod(podOf(request.pod)).pid };
    case 'removePod':
      return server.removePod(request.pod);
    case 'cutNextScript':
      return server.cutNextScript(request.after);
    case 'setClusterStatus':
      return server.setClusterStatus(request.status);
    case 'revokeKey':
      return server.revokeKey(server.apiKey);
    case 'cutStreams':
      return { cut: server.cutStreams() };
    case 'dropConnections':
      return server.dropConnections();
    case 'tracepoints':
      return server.tracepoints();
  }
}

const say = (value: unknown): boolean => stdout.write(`${JSON.stringify(value)}\n`);

const { fast = false, pods = [], ...options }: MainOptions = JSON.parse(process.argv[2] ?? '{}');
const folder = mkdtempSync(join(tmpdir(), 'pixie-stand-in-'));
const server = await createPixieServer({
  ...options,
  ...(fast ? { times: { ...fastTimes, ...options.times } } : {}),
});
try {
  for (const pod of pods) server.addPod(podOf(pod));
  const ca = join(folder, 'ca.pem');
  if (server.ca !== undefined) writeFileSync(ca, server.ca);
  const { address, apiKey, clusterId } = server;
  say({ address, apiKey, clusterId, ...(server.ca === undefined ? {} : { ca }) });
  for await (const line of createInterface({ input: stdin })) {
    if (line.trim() === '') continue;
    const request: Request = JSON.parse(line);
    say(answer(server, request) ?? {});
  }
} finally {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}
