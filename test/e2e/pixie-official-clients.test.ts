import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { VizierService } from '../../src/sources/pixie/api/gen/vizierapi_pb.js';
import { findGo, goEnvironment } from '../../src/system/go-toolchain.js';
import { run } from '../../src/system/process.js';
import { programCache } from '../helpers/cache.js';
import { folder } from '../helpers/folder.js';
import { fastTimes } from '../stand-ins/pixie/options.js';
import { read, upsert } from '../stand-ins/pixie/scripts.js';
import { createPixieServer, type PixieServer } from '../stand-ins/pixie/server.js';
import { someCalls } from '../stand-ins/pixie/some-calls.js';
import { courseOf } from '../stand-ins/pixie/test-client.js';

const standIn = fileURLToPath(new URL('../stand-ins/pixie/', import.meta.url));
const timeout = 300_000; // clients are fetched and built the first time

interface Watched {
  readonly server: PixieServer;
  /** The path of the certificate to trust. */
  readonly ca: string;
}

/** A server with a probe that has been running for a while. */
async function watched(t: TestContext): Promise<Watched> {
  const server = await createPixieServer({ times: fastTimes, rowsPerBatch: 4 });
  t.after(() => server.close());
  const ca = join(folder(t), 'ca.pem');
  assert.ok(server.ca);
  writeFileSync(ca, server.ca);
  server.addPod({ name: 'gc-1', node: 'node-2', calls: someCalls() });
  const transport = createGrpcTransport({
    baseUrl: `https://${server.address}`,
    nodeOptions: { ca: server.ca },
  });
  const vizier = createClient(VizierService, transport);
  const headers = { 'pixie-api-key': server.apiKey };
  const request = { clusterId: server.clusterId, queryStr: upsert({}), mutation: true };
  for (let tries = 0; ; tries += 1) {
    const { mutation } = await courseOf(vizier.executeScript(request, { headers }));
    if (mutation?.status?.code === 0) break;
    assert.ok(tries < 100, 'the probe is not placed');
    await delay(50);
  }
  await delay(600);
  return { server, ca };
}

const missing = "import px\npx.display(px.DataFrame('nope'), 'rows')\n";

const linesOf = (stdout: string): Record<string, unknown>[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

test("Pixie's official Python client lists clusters and reads rows, encrypted and not", {
  timeout,
}, async (t) => {
  const python = await pythonClient().catch((error: unknown) => {
    // Without its packages nothing can be said of the client; where tests decide, that is a failure.
    if (process.env.CI !== undefined) throw error;
    t.skip(error instanceof Error ? error.message : String(error));
  });
  if (python === undefined) return;
  const { server, ca } = await watched(t);
  const scripts = [
    {
      script: read('alloc', "'-30s'"),
      table: 'rows',
      columns: ['upid', 'time_', 'goid_', 'npages', 'latency'],
    },
    { script: missing, table: 'rows', columns: [] },
  ];
  const args = [
    join(standIn, 'python-client/main.py'),
    server.address,
    ...scripts.map((script) => JSON.stringify(script)),
  ];
  const env = { ...process.env, PX_API_KEY: server.apiKey, GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: ca };
  const lines = linesOf((await run(python, args, { env, timeoutMs: 60_000 })).stdout);
  const heads = lines.filter(({ clusters }) => clusters !== undefined);
  const clusters = [['test-cluster', server.clusterId]];
  assert.deepEqual(heads, [
    { encrypted: false, clusters },
    { encrypted: true, clusters },
  ]);
  const [plain, encrypted] = halves(lines);
  for (const half of [plain, encrypted]) {
    const rows = half.filter(({ row }) => row !== undefined);
    assert.ok(rows.length >= 4, `${rows.length} rows`);
    const [first] = rows;
    assert.ok(
      typeof first?.row === 'object' && first.row !== null && 'upid' in first.row && 'latency' in first.row,
    );
    assert.match(String(first.row.upid), /^00000003-0000-0fa7-/);
    assert.equal(first.row.latency, 2_000);
    assert.match(String(half.at(-1)?.error), /PxL, line 2, Table 'nope' not found\./);
  }
});

test("Pixie's official Go client lists clusters and reads rows, encrypted and not, and takes up a cut result", {
  timeout,
}, async (t) => {
  const program = await goClient();
  if ('missing' in program) {
    // Also in CI: the module proxy may refuse Pixie's module, and the Python client asks the same of the same server.
    t.skip(program.missing);
    return;
  }
  const { server, ca } = await watched(t);
  const env = { ...process.env, PX_API_KEY: server.apiKey, SSL_CERT_FILE: ca };
  const ask = async () => {
    const args = [server.address, server.clusterId, read('alloc', "'-30s'"), missing];
    return halves(linesOf((await run(program.path, args, { env, timeoutMs: 60_000 })).stdout));
  };
  const check = (half: readonly Record<string, unknown>[]): void => {
    assert.deepEqual(half[1]?.columns, [
      'upid UINT128 ST_NONE',
      'time_ TIME64NS ST_NONE',
      'goid_ INT64 ST_NONE',
      'npages INT64 ST_NONE',
      'latency INT64 ST_DURATION_NS',
    ]);
    const rows = half.filter(({ row }) => row !== undefined);
    assert.ok(rows.length >= 4, `${rows.length} rows`);
    assert.ok(
      half.some(({ records }) => records === rows.length),
      'all rows came, once',
    );
    assert.deepEqual(half.at(-1), {
      compiler: true,
      error: "Compilation failed: \n2:12 Table 'nope' not found.",
    });
  };
  for (const half of await ask()) check(half);
  server.cutNextScript(2);
  const [cut] = await ask();
  check(cut);
  assert.ok(
    server.requests.some(({ queryId = '' }) => queryId !== ''),
    'the client went on with its query',
  );
});

/** What a client said with encryption off, and then with it on. */
function halves(
  lines: readonly Record<string, unknown>[],
): [Record<string, unknown>[], Record<string, unknown>[]] {
  const second = lines.findIndex(({ encrypted }) => encrypted === true);
  assert.ok(second > 0);
  return [lines.slice(0, second), lines.slice(second)];
}

/** A Python that has the official client: made once. */
async function pythonClient(): Promise<string> {
  const requirements = join(standIn, 'python-client/requirements.txt');
  const base = await supportedPython();
  const hash = createHash('sha256')
    .update(base.version)
    .update(readFileSync(requirements))
    .digest('hex')
    .slice(0, 12);
  const home = join(programCache, `pxapi-${hash}`);
  const python = join(home, 'bin', 'python');
  const isThere = await run(python, ['-c', 'import pxapi']).then(
    () => true,
    () => false,
  );
  if (isThere) return python;
  rmSync(home, { recursive: true, force: true });
  mkdirSync(dirname(home), { recursive: true });
  await run(base.command, ['-m', 'venv', home]);
  const wheels = ['--disable-pip-version-check', '--only-binary', ':all:', '-r', requirements];
  await run(python, ['-m', 'pip', 'install', '--quiet', ...wheels], { timeoutMs: 200_000 });
  return python;
}

/** The client takes Python 3.9 to 3.13. */
async function supportedPython(): Promise<{ readonly command: string; readonly version: string }> {
  for (const command of ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3.9']) {
    const printed = await run(command, ['--version']).catch(() => undefined);
    const minor = Number(/^Python 3\.(\d+)/.exec(printed?.stdout ?? '')?.[1]);
    if (minor >= 9 && minor <= 13) return { command, version: printed?.stdout.trim() ?? '' };
  }
  throw new Error('needs Python 3.9 to 3.13, for which the official client is made');
}

/** The Go program with the newest official client, built once; or why the client is not to be had. */
async function goClient(): Promise<{ readonly path: string } | { readonly missing: string }> {
  const go = await findGo({ env: process.env, onProgress: () => {} });
  const sources = join(standIn, 'go-client');
  const hash = createHash('sha256')
    .update(readFileSync(join(sources, 'main.go')))
    .digest('hex')
    .slice(0, 12);
  const path = join(programCache, `pixie-go-client-${hash}`);
  const isThere = await run(path, []).then(
    () => true,
    (error: unknown) => error instanceof Error && 'code' in error && error.code === 'COMMAND_FAILED',
  );
  if (isThere) return { path };
  mkdirSync(programCache, { recursive: true });
  const scratch = mkdtempSync(join(programCache, 'build-'));
  try {
    cpSync(sources, scratch, { recursive: true });
    const asked = {
      cwd: scratch,
      env: { ...goEnvironment(process.env), GOFLAGS: '-mod=mod' },
      timeoutMs: 250_000,
    };
    const refused = await run(go.command, ['get', 'px.dev/pxapi@latest'], asked).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (refused !== undefined) return { missing: `px.dev/pxapi is not to be had here: ${refused}` };
    await run(go.command, ['mod', 'tidy'], asked);
    await run(go.command, ['build', '-buildvcs=false', '-o', 'client', '.'], asked);
    renameSync(join(scratch, 'client'), path);
    return { path };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
