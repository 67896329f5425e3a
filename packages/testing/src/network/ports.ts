/** Finds free TCP ports on loopback, and says whether one is served. */
import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';

/** All are below the ports that systems give to servers that ask for any, and to outgoing connections. */
const firstPort = 11_000;
/** Test files that run at once take ports from different lanes, so that two never get the same one. */
const lanes = 8;
const portsPerLane = 1_100;
const lane = Number(process.env['VITEST_POOL_ID'] ?? 0) % lanes;

let position = randomInt(portsPerLane);

/** A port of 127.0.0.1 for a server that cannot choose one itself. The same one is given again after all others of the lane. */
export async function freePort(): Promise<number> {
  for (;;) {
    position = (position + 1) % portsPerLane;
    const port = firstPort + position * lanes + lane;
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Whether somebody on this machine listens at the port. */
export function acceptsConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
