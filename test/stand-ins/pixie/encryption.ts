import { constants, createCipheriv, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { create, toBinary } from '@bufbuild/protobuf';
import {
  type ExecuteScriptRequest_EncryptionOptions,
  type ExecuteScriptResponse,
  ExecuteScriptResponseSchema,
  RowBatchDataSchema,
} from '../../../src/sources/pixie/api/gen/vizierapi_pb.js';

/**
 * Encrypts the rows of a response, and nothing else, for the key of a request: a JWE (RFC 7516) in its compact form.
 * Written by hand, so that a mistake in the library that clients use is not made on both sides. Throws for other algorithms.
 */
export function encryptorFor({
  jwkKey,
  keyAlg,
  contentAlg,
  compressionAlg,
}: ExecuteScriptRequest_EncryptionOptions): (response: ExecuteScriptResponse) => ExecuteScriptResponse {
  if (keyAlg !== 'RSA-OAEP-256') throw new Error(`invalid jwa.KeyEncryptionAlgorithm value: '${keyAlg}'`);
  if (contentAlg !== 'A256GCM')
    throw new Error(`invalid jwa.ContentEncryptionAlgorithm value: '${contentAlg}'`);
  if (!['', 'DEF'].includes(compressionAlg)) {
    throw new Error(`invalid jwa.CompressionAlgorithm value: '${compressionAlg}'`);
  }
  const publicKey = createPublicKey({ key: JSON.parse(jwkKey), format: 'jwk' });
  const zip = compressionAlg === '' ? {} : { zip: compressionAlg };
  const header = base64url(Buffer.from(JSON.stringify({ alg: keyAlg, enc: contentAlg, ...zip })));
  const encrypted = (plain: Uint8Array): string => {
    const contentKey = randomBytes(32);
    const wrapped = publicEncrypt(
      { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
      contentKey,
    );
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', contentKey, nonce).setAAD(Buffer.from(header));
    const content = compressionAlg === '' ? plain : deflateRawSync(plain);
    const text = Buffer.concat([cipher.update(content), cipher.final()]);
    return [header, ...[wrapped, nonce, text, cipher.getAuthTag()].map(base64url)].join('.');
  };
  return (response) => {
    if (response.result.case !== 'data' || response.result.value.batch === undefined) return response;
    const plain = toBinary(RowBatchDataSchema, response.result.value.batch);
    const encryptedBatch = new TextEncoder().encode(encrypted(plain));
    return create(ExecuteScriptResponseSchema, {
      queryId: response.queryId,
      result: { case: 'data', value: { encryptedBatch } },
    });
  };
}

const base64url = (bytes: Buffer): string => bytes.toString('base64url');
