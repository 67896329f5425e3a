/**
 * The other side of the link: a Configuration Server simulator with many persons, and a bare echo. Its own process.
 * Prints the two ports.
 */
import net from 'node:net';
import { startSimulator } from '@gatehouse/config-server-simulator/simulator';
import { frameBytes } from './frame-sizes.ts';
import { linkSeed } from './link-seed.ts';

const [persons = '0'] = process.argv.slice(2);
const simulator = await startSimulator({ port: 0, seed: linkSeed(Number(persons)), hash: 'test' });

/** One answer for each request it got the bytes of, whatever they say. */
const echo = net.createServer((socket) => {
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  let receivedBytes = 0;
  socket.on('data', (chunk) => {
    receivedBytes += chunk.length;
    const requests = Math.floor(receivedBytes / frameBytes.request);
    receivedBytes -= requests * frameBytes.request;
    if (requests > 0) socket.write(Buffer.alloc(requests * frameBytes.answer));
  });
});
await new Promise<void>((resolve) => echo.listen({ host: '127.0.0.1', port: 0 }, resolve));

console.log(
  JSON.stringify({ simulatorPort: simulator.port, echoPort: (echo.address() as net.AddressInfo).port }),
);
process.on('SIGTERM', () => {
  echo.close();
  void simulator.close().then(() => process.exit(0));
});
