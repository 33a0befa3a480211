import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { CompactEncrypt, importJWK } from 'jose';
import {
  DataType,
  type ExecuteScriptRequest,
  type RowBatchData,
  RowBatchDataSchema,
} from '../../../../src/sources/pixie/api/gen/vizierapi_pb.js';
import type { Response } from './pixie-server.js';

export const queryId = '11111111-2222-3333-4444-555555555555';

/** Describes a table with a time and an int64 column. */
export const described = (name: string, id = `id of ${name}`): Response => ({
  queryId,
  result: {
    case: 'metaData',
    value: {
      name,
      id,
      relation: {
        columns: [
          { columnName: 'time_', columnType: DataType.TIME64NS },
          { columnName: 'n', columnType: DataType.INT64 },
        ],
      },
    },
  },
});

export interface Rows {
  readonly table: string;
  readonly times: readonly bigint[];
  readonly numbers: readonly bigint[];
  readonly eos?: boolean;
}

export const batchOf = ({ table, times, numbers, eos = true }: Rows): RowBatchData =>
  create(RowBatchDataSchema, {
    tableId: table,
    numRows: BigInt(times.length),
    eos,
    eow: eos,
    cols: [
      { colData: { case: 'time64nsData', value: { data: [...times] } } },
      { colData: { case: 'int64Data', value: { data: [...numbers] } } },
    ],
  });

export const rows = (batch: MessageInitShape<typeof RowBatchDataSchema>): Response => ({
  queryId,
  result: { case: 'data', value: { batch } },
});

export const stats: Response = {
  queryId,
  result: { case: 'data', value: { executionStats: { bytesProcessed: 1n, recordsProcessed: 1n } } },
};

export const mutationInfo = (
  code: number,
  message = '',
  states: readonly [string, number][] = [],
): Response => ({
  queryId,
  mutationInfo: {
    status: { code, message },
    states: states.map(([name, state]) => ({ id: `id of ${name}`, name, state })),
  },
});

/** What a Vizier does with a batch when it was given a key. */
export async function encrypted(request: ExecuteScriptRequest, batch: RowBatchData): Promise<Response> {
  const options = request.encryptionOptions;
  if (options === undefined) throw new Error('no key came with the request');
  const zip = options.compressionAlg === '' ? {} : { zip: options.compressionAlg };
  const jwe = await new CompactEncrypt(toBinary(RowBatchDataSchema, batch))
    .setProtectedHeader({ alg: options.keyAlg, enc: options.contentAlg, ...zip })
    .encrypt(await importJWK(JSON.parse(options.jwkKey), options.keyAlg));
  return {
    queryId,
    result: { case: 'data', value: { encryptedBatch: new TextEncoder().encode(jwe) } },
  };
}
