import { generateKeyPair, type KeyObject } from 'node:crypto';
import { fromBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { compactDecrypt } from 'jose';
import {
  type ExecuteScriptRequest_EncryptionOptionsSchema,
  type RowBatchData,
  RowBatchDataSchema,
} from './gen/vizierapi_pb.js';

/** The key by which a Vizier encrypts rows for this client alone: whoever passes them on cannot read them. */
export interface ResultKey {
  /** What goes with a script. */
  readonly options: MessageInitShape<typeof ExecuteScriptRequest_EncryptionOptionsSchema>;
  /** A batch as it came: a compact JWE of a RowBatchData. Rejects when it was not made for this key. */
  decrypt(encrypted: Uint8Array): Promise<RowBatchData>;
}

/** As Pixie's own clients ask for it (src/api/go/pxapi/utils/encryption.go). */
const keyAlgorithm = 'RSA-OAEP-256';
const contentAlgorithm = 'A256GCM';
const modulusLength = 4096;

/** A batch that is unpacked to more than this is not one of Vizier's, whose messages end at 8 MiB. */
const longestBatch = 64 * 1024 * 1024;

export interface ResultKeyOptions {
  /** How rows are packed before they are encrypted; '': not at all. @default 'DEF' */
  readonly compression?: 'DEF' | '';
}

/** Makes a key pair; takes a second or so of another thread's time. */
export async function createResultKey({ compression = 'DEF' }: ResultKeyOptions = {}): Promise<ResultKey> {
  const { publicKey, privateKey } = await rsaKeyPair();
  return {
    options: {
      jwkKey: JSON.stringify(publicKey.export({ format: 'jwk' })),
      keyAlg: keyAlgorithm,
      contentAlg: contentAlgorithm,
      compressionAlg: compression,
    },
    async decrypt(encrypted) {
      const { plaintext } = await compactDecrypt(encrypted, privateKey, {
        keyManagementAlgorithms: [keyAlgorithm],
        contentEncryptionAlgorithms: [contentAlgorithm],
        maxDecompressedLength: longestBatch,
      });
      return fromBinary(RowBatchDataSchema, plaintext);
    },
  };
}

function rsaKeyPair(): Promise<{ readonly publicKey: KeyObject; readonly privateKey: KeyObject }> {
  return new Promise((resolve, reject) => {
    generateKeyPair('rsa', { modulusLength }, (error, publicKey, privateKey) => {
      if (error === null) resolve({ publicKey, privateKey });
      else reject(error);
    });
  });
}
