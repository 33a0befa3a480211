import type { TestContext } from 'node:test';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { type Client, ConnectError, createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { VizierClusterInfo } from '../../../src/sources/pixie/api/gen/cloudapi_pb.js';
import {
  type ExecuteScriptRequestSchema,
  type ExecuteScriptResponse,
  type MutationInfo,
  VizierService,
} from '../../../src/sources/pixie/api/gen/vizierapi_pb.js';
import { ManualClock } from './manual-clock.js';
import type { PixieServerOptions } from './options.js';
import { createPixieServer, type PixieServer } from './server.js';

/** A call's whole course: what came, and what it failed with. */
export interface Course {
  readonly messages: readonly ExecuteScriptResponse[];
  readonly failure: ConnectError | undefined;
  readonly mutation: MutationInfo | undefined;
  /** Rows of the tables, by name: each a record of its columns. */
  readonly tables: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
}

export interface Stand {
  readonly server: PixieServer;
  readonly clock: ManualClock;
  readonly cloud: Client<typeof VizierClusterInfo>;
  readonly vizier: Client<typeof VizierService>;
  readonly headers: Readonly<Record<string, string>>;
  run(script: string, request?: MessageInitShape<typeof ExecuteScriptRequestSchema>): Promise<Course>;
  mutate(script: string): Promise<Course>;
}

/** A server whose time the test owns, and the plainest client for it: generated code and nothing else. */
export async function stand(t: TestContext, options: PixieServerOptions = {}): Promise<Stand> {
  const clock = new ManualClock();
  const server = await createPixieServer({ tls: false, clock, ...options });
  t.after(() => server.close());
  const transport = createGrpcTransport({ baseUrl: `http://${server.address}` });
  const vizier = createClient(VizierService, transport);
  const headers = { 'pixie-api-key': server.apiKey };
  const run = async (queryStr: string, request: MessageInitShape<typeof ExecuteScriptRequestSchema> = {}) => {
    const asked = { clusterId: server.clusterId, queryStr, ...request };
    return await courseOf(vizier.executeScript(asked, { headers }));
  };
  const cloud = createClient(VizierClusterInfo, transport);
  return {
    ...{ server, clock, vizier, headers, run, cloud },
    mutate: (script) => run(script, { mutation: true }),
  };
}

/** Takes a call to its end. */
export async function courseOf(stream: AsyncIterable<ExecuteScriptResponse>): Promise<Course> {
  const messages: ExecuteScriptResponse[] = [];
  let failure: ConnectError | undefined;
  try {
    for await (const message of stream) messages.push(message);
  } catch (error) {
    failure = ConnectError.from(error);
  }
  const mutation = messages.find(({ mutationInfo }) => mutationInfo !== undefined)?.mutationInfo;
  return { messages, failure, mutation, tables: tablesOf(messages) };
}

function tablesOf(messages: readonly ExecuteScriptResponse[]): Course['tables'] {
  const tables: Record<string, Record<string, unknown>[]> = {};
  const known = new Map<string, { name: string; columns: string[] }>();
  for (const { result } of messages) {
    if (result.case === 'metaData') {
      const { id, name, relation } = result.value;
      known.set(id, { name, columns: relation?.columns.map(({ columnName }) => columnName) ?? [] });
      tables[name] = [];
    }
    if (result.case !== 'data' || result.value.batch === undefined) continue;
    const { cols, numRows, tableId } = result.value.batch;
    const { name = '', columns = [] } = known.get(tableId) ?? {};
    for (let row = 0; row < Number(numRows); row += 1) {
      const cells = cols.map(({ colData }, index) => [columns[index], cellOf(colData.value?.data[row])]);
      tables[name]?.push(Object.fromEntries(cells));
    }
  }
  return tables;
}

const cellOf = (cell: unknown): unknown =>
  cell instanceof Uint8Array ? new TextDecoder().decode(cell) : cell;
