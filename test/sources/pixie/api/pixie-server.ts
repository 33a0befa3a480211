import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import {
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { HandlerContext, ServiceImpl } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { VizierClusterInfo } from '../../../../src/sources/pixie/api/gen/cloudapi_pb.js';
import {
  type ExecuteScriptRequest,
  type ExecuteScriptResponseSchema,
  VizierService,
} from '../../../../src/sources/pixie/api/gen/vizierapi_pb.js';

export type Response = MessageInitShape<typeof ExecuteScriptResponseSchema>;
export type Script = (request: ExecuteScriptRequest, context: HandlerContext) => AsyncIterable<Response>;

export interface PixieServerOptions {
  readonly script?: Script;
  readonly clusters?: ServiceImpl<typeof VizierClusterInfo>['getClusterInfo'];
  readonly health?: ServiceImpl<typeof VizierService>['healthCheck'];
  /** Takes a stream before any service does; true: it is dealt with. */
  readonly raw?: (stream: ServerHttp2Stream) => boolean;
  readonly plaintext?: boolean;
}

export interface PixieServer {
  /** host:port */
  readonly address: string;
  readonly certificate: string;
  /** Private key of the certificate. */
  readonly key: string;
  /** Connections that are open now. */
  readonly connections: () => number;
  /** Ends every connection, as a network that fails. */
  readonly cutConnections: () => void;
  /** Ends every stream with this code of HTTP/2, as a proxy that loses patience; the connections stay. */
  readonly resetStreams: (code: number) => void;
  /** Asks every client to use another connection, as proxies do when they are started anew. */
  readonly sayGoodbye: () => void;
  readonly close: () => void;
}

/** The smallest server that speaks Pixie's wire format; a test says what it answers. */
export async function startPixieServer(t: TestContext, options: PixieServerOptions): Promise<PixieServer> {
  const { key, certificate } = certificateFor127();
  const adapter = connectNodeAdapter({
    routes: (router) => {
      if (options.script !== undefined || options.health !== undefined) {
        router.service(VizierService, {
          ...(options.script === undefined ? {} : { executeScript: options.script }),
          ...(options.health === undefined ? {} : { healthCheck: options.health }),
        });
      }
      if (options.clusters !== undefined) {
        router.service(VizierClusterInfo, { getClusterInfo: options.clusters });
      }
    },
    writeMaxBytes: 64 * 1024 * 1024,
  });
  const streams = new Set<ServerHttp2Stream>();
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  const handle = (request: Http2ServerRequest, response: Http2ServerResponse) => {
    const { stream } = request;
    stream.on('error', () => {});
    streams.add(stream);
    stream.once('close', () => streams.delete(stream));
    if (options.raw?.(stream) !== true) adapter(request, response);
  };
  const server: Http2Server | Http2SecureServer =
    options.plaintext === true
      ? createServer(handle)
      : createSecureServer({ key, cert: certificate }, handle);
  server.on('sessionError', () => {});
  server.on('session', (session: ServerHttp2Session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  server.on(options.plaintext === true ? 'connection' : 'secureConnection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cutConnections = () => {
    for (const socket of sockets) socket.destroy();
  };
  const close = () => {
    server.close();
    cutConnections();
  };
  t.after(close);
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    certificate,
    key,
    connections: () => sockets.size,
    cutConnections,
    resetStreams: (code) => {
      for (const stream of streams) stream.close(code);
    },
    sayGoodbye: () => {
      for (const session of sessions) session.goaway();
    },
    close,
  };
}

let made: { readonly key: string; readonly certificate: string } | undefined;

/** A self-signed certificate for 127.0.0.1, made once a process. */
function certificateFor127() {
  if (made !== undefined) return made;
  const folder = mkdtempSync(join(tmpdir(), 'gctop-certificate-'));
  try {
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
    const subject = ['-subj', '/CN=pixie.test', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    execFileSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', certificate], {
      stdio: 'ignore',
    });
    made = { key: readFileSync(key, 'utf8'), certificate: readFileSync(certificate, 'utf8') };
    return made;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
