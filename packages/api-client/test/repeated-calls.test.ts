import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, it } from 'vitest';
import { createHttpClient, type HttpRequest } from '../src/http/http-client.ts';
import { UpstreamError } from '../src/http/upstream-error.ts';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function listening(answer: RequestListener, port = 0): Promise<number> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(() => resolve())));
  return (server.address() as AddressInfo).port;
}

/** Breaks the connections of the first requests, as a process that is killed does. */
async function dying(breaks: number) {
  const seen: string[] = [];
  const port = await listening((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    if (seen.length <= breaks) request.socket.destroy();
    else response.end('{}');
  });
  const http = createHttpClient({ baseUrl: `http://127.0.0.1:${port}` });
  closing.push(() => http.close());
  return { seen, statusOf: async (request: HttpRequest) => (await http.send(request)).status };
}

it('a refused connection is tried again for every method, and reaches the replica that listens by then', async () => {
  const port = await listening(() => undefined);
  await closing.pop()?.();
  const seen: (string | undefined)[] = [];
  let attempts = 0;
  const http = createHttpClient({
    baseUrl: `http://127.0.0.1:${port}`,
    correlationId: () => `attempt-${++attempts}`,
    authorization: async () => {
      // Nobody listens at the first attempt; at the second one somebody does.
      if (attempts === 2)
        await listening((request, response) => {
          seen.push(request.method);
          response.end('{}');
        }, port);
      return 'Basic x';
    },
  });
  closing.push(() => http.close());

  expect((await http.send({ method: 'POST', path: '/', json: {} })).status).toBe(200);
  expect(seen).toEqual(['POST']);
  expect(attempts).toBe(2);
});

it('a read whose connection broke is sent again', async () => {
  const { seen, statusOf } = await dying(2);
  expect(await statusOf({ path: '/read' })).toBe(200);
  expect(seen).toEqual(['GET /read', 'GET /read', 'GET /read']);
});

it('a call that may have changed something is sent once, unless it says that it may be sent twice', async () => {
  const written = await dying(1);
  await expect(written.statusOf({ method: 'POST', path: '/write', json: {} })).rejects.toThrow(UpstreamError);
  expect(written.seen).toEqual(['POST /write']);

  const asked = await dying(1);
  expect(await asked.statusOf({ form: { token: 'x' }, path: '/introspect', maySendTwice: true })).toBe(200);
  expect(asked.seen).toHaveLength(2);
});

it('a dead service is given up after a few attempts', async () => {
  const { seen, statusOf } = await dying(Number.POSITIVE_INFINITY);
  await expect(statusOf({ path: '/' })).rejects.toThrow(UpstreamError);
  expect(seen).toHaveLength(5);
});

/** Answers the first request of each connection with the methods of all so far, then closes it, as a service does that ends. Tells its port. */
const closing20msLater = `
const { createServer } = require('node:net');
const { parentPort } = require('node:worker_threads');
const methods = [];
const server = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.once('data', (text) => {
    methods.push(String(text).split(' ')[0]);
    const body = JSON.stringify(methods);
    socket.write('HTTP/1.1 200 OK\\r\\ncontent-type: application/json\\r\\ncontent-length: ' + body.length + '\\r\\n\\r\\n' + body);
    setTimeout(() => socket.end(), 20);
  });
});
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

it('a write is not lost on a kept connection that was closed while this process was busy', async () => {
  const worker = new Worker(closing20msLater, { eval: true });
  closing.push(async () => void (await worker.terminate()));
  const port = await new Promise((resolve) => worker.once('message', resolve));
  const http = createHttpClient({ baseUrl: `http://127.0.0.1:${port}` });
  closing.push(() => http.close());
  await http.send({ path: '/' });
  // The event loop sees nothing meanwhile.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);

  const written = await http.send({ method: 'POST', path: '/', json: {} });
  expect([written.status, written.text]).toEqual([200, '["GET","POST"]']);
});

it('a client that is closed lets its calls end and begins no other', async () => {
  const answers: (() => void)[] = [];
  const arrived = Promise.withResolvers<void>();
  const port = await listening((_request, response) => {
    answers.push(() => response.end('{}'));
    arrived.resolve();
  });
  const http = createHttpClient({ baseUrl: `http://127.0.0.1:${port}` });
  const running = http.send({ path: '/' });
  await arrived.promise;
  const closed = http.close();

  await expect(http.send({ method: 'POST', path: '/', json: {} })).rejects.toThrow(UpstreamError);
  for (const answer of answers) answer();
  expect((await running).status).toBe(200);
  await closed;
  expect(answers).toHaveLength(1);
});

it('an answer that asks for another protocol ends the call at once', async () => {
  const port = await listening((_request, response) => {
    response.socket?.end('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n');
  });
  const http = createHttpClient({ baseUrl: `http://127.0.0.1:${port}`, timeoutMs: 60_000 });
  closing.push(() => http.close());
  await expect(http.send({ path: '/' })).rejects.toThrow('did not answer');
});
