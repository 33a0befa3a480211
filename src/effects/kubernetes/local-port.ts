import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import type { Clock } from '../../system/clock.js';

/** Only this machine can reach what listens here. */
export const loopback = '127.0.0.1';

/** Whether nothing listens on a port of this machine. */
export async function isPortFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, loopback);
    await once(server, 'listening');
    return true;
  } catch {
    return false; // taken, or not ours to take: another port serves as well
  } finally {
    server.close();
  }
}

/** What became of a connection to a port on which nothing was sent. */
export type Knock =
  /** It is still open: somebody behind it waits for a request. */
  | 'open'
  /** It was closed at once, or never came about: nobody is behind it. */
  | 'closed';

/** Connects, sends nothing, and sees whether the connection lasts that long. */
export async function knock(
  port: number,
  { clock, forMs, signal }: { readonly clock: Clock; readonly forMs: number; readonly signal: AbortSignal },
): Promise<Knock> {
  const socket = createConnection({ host: loopback, port });
  const closed = new Promise<Knock>((resolve) => {
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => resolve('closed'));
    socket.on('end', () => resolve('closed'));
    socket.resume();
  });
  try {
    return await Promise.race([closed, clock.sleep(forMs, signal).then((): Knock => 'open')]);
  } finally {
    socket.destroy();
  }
}
