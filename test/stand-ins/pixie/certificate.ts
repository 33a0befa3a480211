import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export interface Certificates {
  /** The authority's own certificate, PEM: whom a client has to trust. */
  readonly ca: string;
  readonly key: string;
  readonly cert: string;
}

/** An authority made for this run alone, and what it signed for a server on this machine. */
export function makeCertificates(nowMs: number): Certificates {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = 'gctop test authority';
  const isAuthority = extension('55 1d 13', { critical: true, value: sequence(der(0x01, [0xff])) });
  const signsCertificates = extension('55 1d 0f', { critical: true, value: der(0x03, [0x02, 0x04]) });
  const names = extension('55 1d 11', {
    critical: false,
    value: sequence(
      der(0x82, Buffer.from('localhost')),
      der(0x87, [127, 0, 0, 1]),
      der(0x87, [...new Uint8Array(15), 1]),
    ),
  });
  const forServers = extension('55 1d 25', {
    critical: false,
    value: sequence(oid('2b 06 01 05 05 07 03 01')),
  });
  const common = { issuer, nowMs, signer: authority.privateKey };
  return {
    ca: certificate({
      ...common,
      subject: issuer,
      key: authority.publicKey,
      extensions: [isAuthority, signsCertificates],
    }),
    key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: certificate({
      ...common,
      subject: 'localhost',
      key: server.publicKey,
      extensions: [names, forServers],
    }),
  };
}

interface CertificateParts {
  readonly issuer: string;
  readonly subject: string;
  readonly nowMs: number;
  readonly key: KeyObject;
  readonly signer: KeyObject;
  readonly extensions: readonly Buffer[];
}

const hourMs = 3_600_000;

/** An X.509 certificate of version 3, in PEM. */
function certificate({ issuer, subject, nowMs, key, signer, extensions }: CertificateParts): string {
  const ecdsaWithSha256 = sequence(oid('2a 86 48 ce 3d 04 03 02'));
  const body = sequence(
    der(0xa0, integer([2])),
    integer([0x01, ...randomBytes(8)]),
    ecdsaWithSha256,
    name(issuer),
    sequence(time(nowMs - hourMs), time(nowMs + 30 * 24 * hourMs)),
    name(subject),
    key.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', body, signer);
  const whole = sequence(body, ecdsaWithSha256, der(0x03, [0], signature));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const integer = (bytes: readonly number[]): Buffer => der(0x02, bytes);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex.replaceAll(' ', ''), 'hex'));

/** A distinguished name of nothing but a common name. */
const name = (common: string): Buffer =>
  sequence(der(0x31, sequence(oid('55 04 03'), der(0x0c, Buffer.from(common)))));

const time = (ms: number): Buffer =>
  der(0x17, Buffer.from(`${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`));

const extension = (id: string, { critical, value }: { critical: boolean; value: Buffer }): Buffer =>
  sequence(oid(id), ...(critical ? [der(0x01, [0xff])] : []), der(0x04, value));

/** Tag, length and content, as ASN.1's distinguished encoding has them. */
function der(tag: number, ...parts: readonly (Buffer | readonly number[])[]): Buffer {
  const content = Buffer.concat(parts.map((part) => (Buffer.isBuffer(part) ? part : Buffer.from(part))));
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
