import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import { createConnection } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { createAuthority } from '@gatehouse/testing/keys';
import { freePort } from '@gatehouse/testing/network';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Gateway, startGateway } from '../gateway.ts';

const closers: (() => unknown)[] = [];
let gateway: Gateway;

/** Answers with what it received, under its name. */
async function upstream(name: string): Promise<string> {
  const server = createServer(async (incoming, reply) => {
    let body = '';
    for await (const chunk of incoming) body += chunk;
    reply.setHeader('set-cookie', ['a=1', 'b=2']);
    reply.end(
      JSON.stringify({ name, method: incoming.method, url: incoming.url, headers: incoming.headers, body }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

beforeAll(async () => {
  gateway = await startGateway({
    port: await freePort(),
    publicUrl: 'https://login.example.com',
    authApi: await upstream('auth-api'),
    authUi: await upstream('auth-ui'),
    // Nothing listens there.
    environmentApi: `http://127.0.0.1:${await freePort()}`,
  });
});

test('offers no cipher that FAPI 2.0 section 5.2.2 forbids', async () => {
  const authority = createAuthority();
  const secured = await startGateway({
    port: await freePort(),
    publicUrl: 'https://login.example.com',
    identity: authority.issue(),
    ...{ authApi: gateway.url, authUi: gateway.url, environmentApi: gateway.url },
  });
  closers.push(() => secured.close());
  const handshake = async (ciphers: string): Promise<string> => {
    const { hostname: host, port } = new URL(secured.url);
    const version = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
    const socket = connectTls({
      host,
      port: Number(port),
      ca: authority.cert,
      servername: 'localhost',
      ciphers,
      ...version,
    });
    try {
      await once(socket, 'secureConnect');
      return socket.getCipher().standardName;
    } finally {
      socket.destroy();
    }
  };
  await expect(handshake('ECDHE-ECDSA-AES256-CCM:ECDHE-ECDSA-AES128-CCM')).rejects.toThrow(
    /handshake failure/,
  );
  expect(await handshake('ALL')).toMatch(/GCM/);
});

afterAll(async () => {
  await gateway.close();
  for (const close of closers) close();
});

async function ask(path: string, init: RequestInit = {}) {
  const response = await fetch(gateway.url + path, init);
  return {
    response,
    answer: (await response.json()) as Record<string, unknown> & { headers: Record<string, string> },
  };
}

test.each([
  ['/auth/v3/oauth/token', 'auth-api'],
  ['/auth/v3', 'auth-api'],
  ['/auth/v3?x=/auth/sign-in.html', 'auth-api'],
  ['/.well-known/openid-configuration/auth/v3', 'auth-api'],
  ['/.well-known/oauth-authorization-server/auth/v3', 'auth-api'],
  ['/.well-known/oauth-protected-resource/auth/v3/openid/userinfo', 'auth-api'],
  ['/auth/sign-in.html?interaction=1', 'auth-ui'],
  ['/', 'auth-ui'],
  ['/?ui_locales=de', 'auth-ui'],
  ['/auth/v30', 'auth-ui'],
])('%s goes to %s, unchanged', async (path, name) => {
  const { answer } = await ask(path);
  expect(answer).toMatchObject({ name, url: path, method: 'GET' });
});

test.each(['/nothing', '/%2F', '/authority', '/environment', '/.well-known/openid-configuration'])(
  '%s belongs to nobody: 404 in both shapes of an error',
  async (path) => {
    const { response, answer } = await ask(path);
    expect(response.status).toBe(404);
    expect(answer).toMatchObject({ error: 'not_found', status: { code: 404 } });
  },
);

test('an address that is no URL is refused in both shapes of an error', async () => {
  const { response, answer } = await ask('/environment/v3/%ZZ');
  expect(response.status).toBe(400);
  expect(answer).toMatchObject({ error: 'bad_request', status: { message: 'The address is no valid URL.' } });
});

test('each address of localhost leads to it', async () => {
  const { port } = new URL(gateway.url);
  for (const { address, family } of await lookup('localhost', { all: true })) {
    const host = family === 6 ? `[${address}]` : address;
    expect((await fetch(`http://${host}:${port}/auth/v3`)).status, host).toBe(200);
  }
});

test('a service that is away is 503 with Retry-After', async () => {
  const { response, answer } = await ask('/environment/v3/environments');
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('1');
  expect(answer).toMatchObject({ error: 'temporarily_unavailable' });
});

test('what a caller claims about his address is replaced by what is true', async () => {
  const { answer } = await ask('/auth/v3/ping', {
    headers: { 'x-forwarded-for': '10.0.0.1', 'x-forwarded-proto': 'http', forwarded: 'for=10.0.0.1' },
  });
  expect(answer.headers).toMatchObject({
    'x-forwarded-for': expect.stringMatching(/^(127\.0\.0\.1|::1)$/),
    'x-forwarded-proto': 'https',
    host: new URL(gateway.url).host,
  });
  expect(answer.headers).not.toHaveProperty('forwarded');
});

test('a form travels whole, and every cookie comes back', async () => {
  const { response, answer } = await ask('/auth/v3/sign-in', {
    method: 'POST',
    body: new URLSearchParams({ username: 'demo\\agent' }),
  });
  expect(answer).toMatchObject({ method: 'POST', body: 'username=demo%5Cagent' });
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
});

test('a body of unannounced length travels whole', async () => {
  const outgoing = request(`${gateway.url}/auth/v3/x`, { method: 'POST' });
  outgoing.write('one,');
  outgoing.end('two');
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += chunk;
  expect(JSON.parse(text)).toMatchObject({ body: 'one,two' });
});

test('a POST without a body stays one: no chunks are announced', async () => {
  const socket = createConnection(Number(new URL(gateway.url).port), '127.0.0.1');
  socket.write('POST /auth/v3/sign-out HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  let text = '';
  for await (const chunk of socket) text += chunk;
  expect(text).toContain('"content-length":"0"');
  expect(text).not.toContain('"transfer-encoding"');
});
