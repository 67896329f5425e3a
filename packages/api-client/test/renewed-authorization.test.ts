import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { createHttpClient } from '../src/http/http-client.ts';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Accepts one token; the client first has another one. */
async function start(accepted: string) {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(request.headers.authorization === accepted ? 200 : 401).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => void server.close());
  let token = 'Bearer revoked';
  const http = createHttpClient({
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    authorization: async () => token,
    renewAuthorization() {
      token = 'Bearer renewed';
    },
  });
  closing.push(() => http.close());
  return { http, seen };
}

it('renews a token that was refused, and sends the request once more', async () => {
  const { http, seen } = await start('Bearer renewed');

  expect((await http.send({ path: '/' })).status).toBe(200);
  expect((await http.send({ path: '/' })).status).toBe(200);
  expect(seen).toEqual(['Bearer revoked', 'Bearer renewed', 'Bearer renewed']);
});

it('gives up when the new token is refused too', async () => {
  const { http, seen } = await start('Bearer of somebody else');

  await expect(http.send({ path: '/' })).rejects.toMatchObject({ status: 401 });
  expect(seen).toEqual(['Bearer revoked', 'Bearer renewed']);
});
