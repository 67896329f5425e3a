/** A receiver of shared signals as another service would run it (RFC 8935). */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedSignal {
  atMs: number;
  token: string;
  contentType: string | undefined;
  authorization: string | undefined;
}

/** A status, a refusal with its error code, a connection that breaks after the token was read, or no answer. */
export type SignalAnswer = number | { err: string } | 'break' | 'hang';

export type SignalReceiver = Awaited<ReturnType<typeof startSignalReceiver>>;

export async function startSignalReceiver() {
  const received: ReceivedSignal[] = [];
  const answers: SignalAnswer[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    received.push({
      atMs: Date.now(),
      token: Buffer.concat(chunks).toString(),
      contentType: request.headers['content-type'],
      authorization: request.headers.authorization,
    });
    const answer = answers.shift() ?? 202;
    if (answer === 'break') return void request.socket.destroy();
    if (answer === 'hang') return;
    if (typeof answer === 'number') return void response.writeHead(answer).end();
    response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    received,
    /** What the next calls are answered with, in order; 202 afterwards. */
    answers,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
