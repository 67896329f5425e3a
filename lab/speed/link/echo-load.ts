/** The floor: frames of the same sizes over a bare socket, each written by a call of its own, none of them looked at. */
import { once } from 'node:events';
import net from 'node:net';
import { frameBytes } from './frame-sizes.ts';

/** Pairs of request and answer in `seconds`, with `window` of them on their way at any time. */
export async function fireEcho(port: number, window: number, seconds: number): Promise<number> {
  const socket = net.connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  const request = Buffer.alloc(frameBytes.request);
  const endMs = performance.now() + seconds * 1000;
  let pairs = 0;
  let inFlight = 0;
  let receivedBytes = 0;
  const send = (requests: number) => {
    for (let count = 0; count < requests; count += 1) socket.write(request);
    inFlight += requests;
  };
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      receivedBytes += chunk.length;
      const answers = Math.floor(receivedBytes / frameBytes.answer);
      receivedBytes -= answers * frameBytes.answer;
      pairs += answers;
      inFlight -= answers;
      if (performance.now() < endMs) send(answers);
      else if (inFlight === 0) resolve();
    });
    send(window);
  });
  socket.destroy();
  return pairs;
}
