import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type LookupFunction,
  type Socket,
} from 'node:net';
import { definedOnly } from '@gatehouse/contracts/values';
import { afterEach, describe, expect, it } from 'vitest';
import { createAddressPolicy } from '../src/http/address-policy.ts';
import { createHttpClient, type HttpClient } from '../src/http/http-client.ts';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface GuardOptions {
  allowedNetworks: string[];
  allowLoopback: boolean;
  timeoutMs: number;
  largestAnswerBytes: number;
  resolve: LookupFunction;
}

function open(options: Partial<GuardOptions> = {}): HttpClient {
  const { allowedNetworks = [], allowLoopback = false, timeoutMs = 3000, resolve } = options;
  const outbound = createHttpClient({
    addresses: createAddressPolicy(allowedNetworks, allowLoopback),
    ...definedOnly({ timeoutMs, maxBodyBytes: options.largestAnswerBytes, resolve }),
  });
  closing.push(() => outbound.close());
  return outbound;
}

interface Listening {
  url: string;
  port: number;
  connections(): number;
}

async function listen(answer: RequestListener): Promise<Listening> {
  let connections = 0;
  const server: Server = createServer(answer).on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/keys?tenant=1`, port, connections: () => connections };
}

/** Answers each question with the next of the addresses. */
function resolverOf(...answers: string[][]): { resolve: LookupFunction; asked: string[] } {
  const asked: string[] = [];
  const resolve: LookupFunction = (hostname, _options, callback) => {
    const addresses = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(hostname);
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return { resolve, asked };
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => 'answered',
    (error: { failure?: string }) => error.failure,
  );

describe('an outbound call', () => {
  it('reads an answer and keeps connections for the next calls', async () => {
    const server = await listen((request, response) => {
      response.setHeader('content-type', 'application/json; charset=utf-8');
      response.end(JSON.stringify({ path: request.url, accept: request.headers.accept }));
    });
    const outbound = open({ allowLoopback: true });

    const calls = [];
    for (let call = 0; call < 6; call += 1) {
      calls.push(await outbound.send({ url: server.url, accept: ['application/json'] }));
    }

    expect(JSON.parse(calls[0]?.text ?? '')).toEqual({ path: '/keys?tenant=1', accept: 'application/json' });
    // A second one may open while the first is still being tidied up.
    expect(server.connections()).toBeLessThanOrEqual(2);
  });

  it('ends an idle connection before strangers do, of which the quickest wait a second', async () => {
    const strangers = createTcpServer((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
      socket.setTimeout(1_000);
    });
    const connected = once(strangers, 'connection') as Promise<[Socket]>;
    await new Promise<void>((resolve) => strangers.listen(0, '127.0.0.1', resolve));
    closing.push(() => void strangers.close());
    const { port } = strangers.address() as AddressInfo;
    const outbound = open({ allowLoopback: true });
    const answer = outbound.send({ url: `http://127.0.0.1:${port}/token`, form: { code: 'a' } });
    const [socket] = await connected;
    const ended = ['end', 'timeout'].map((event) => once(socket, event).then(() => event));
    await answer;
    expect(await Promise.race(ended)).toBe('end');
    socket.destroy();
  });

  it('sends a form by POST', async () => {
    const server = await listen((request, response) => {
      request.pipe(response.writeHead(200, { 'x-type': request.headers['content-type'] ?? '' }));
    });

    const answer = await open({ allowLoopback: true }).send({
      url: server.url,
      form: { logout_token: 'a b' },
    });

    expect(answer.text).toBe('logout_token=a+b');
    expect(answer.headers['x-type']).toBe('application/x-www-form-urlencoded');
  });

  // attack: outbound call without TLS | ASVS 12.3.1 | guard: packages/api-client/src/http/http-client.ts
  it('refuses what is not https, and what carries credentials or a fragment', async () => {
    const outbound = open();
    const urls = ['http://example.com/', 'ftp://example.com/', 'file:///etc/passwd', 'nonsense', '/jwks'];
    for (const url of [...urls, 'https://user@example.com/', 'https://example.com/#x', 'http://127.0.0.1/']) {
      expect(await failure(outbound.send({ url })), url).toBe('url');
    }
    // Loopback alone may do without TLS, and only where it is allowed at all.
    expect(await failure(open({ allowLoopback: true }).send({ url: 'http://10.0.0.1/' }))).toBe('url');
  });

  // attack: server-side request to the inside in any spelling | CVE-2026-1180, CVE-2024-49753 | guard: packages/api-client/src/http/address-policy.ts
  it('refuses addresses of the inside in every spelling (CVE-2026-1180, threat 71)', async () => {
    const outbound = open();
    const hosts = [
      '127.0.0.1',
      '2130706433',
      '0x7f000001',
      '0177.0.0.1',
      '127.1',
      '[::1]',
      '[::ffff:127.0.0.1]',
    ];
    for (const host of [...hosts, '169.254.169.254', '10.0.0.1', '[64:ff9b::7f00:1]', '[fe80::1]', '0']) {
      expect(await failure(outbound.send({ url: `https://${host}/` })), host).toBe('address');
    }
  });

  // attack: name that leads to the inside | CVE-2024-49753, CVE-2025-67494 | guard: packages/api-client/src/http/address-policy.ts
  it('refuses a name that leads inside, and connects to nothing', async () => {
    const server = await listen((_request, response) => response.end());
    const { resolve } = resolverOf(['127.0.0.1', '10.0.0.1', '::ffff:127.0.0.1']);

    expect(await failure(open({ resolve }).send({ url: `https://keys.example:${server.port}/` }))).toBe(
      'address',
    );
    expect(server.connections()).toBe(0);
  });

  // attack: DNS rebinding | ASVS 1.3.6 | guard: packages/api-client/src/http/http-client.ts
  it('asks a name once and connects to the address that was judged: rebinding gains nothing', async () => {
    const inside = await listen((_request, response) => response.end());
    // TEST-NET-1 stands for a public address; the second answer is the attacker's.
    const { resolve, asked } = resolverOf(['192.0.2.1'], ['127.0.0.1']);
    const outbound = open({ resolve, allowedNetworks: ['192.0.2.0/24'], timeoutMs: 300 });

    const first = await failure(outbound.send({ url: `https://rebind.example:${inside.port}/` }));

    expect([first, asked]).toEqual(['unreachable', ['rebind.example']]);
    expect(await failure(outbound.send({ url: `https://rebind.example:${inside.port}/` }))).toBe('address');
    expect(inside.connections()).toBe(0);
  });

  // attack: redirect of an outbound call | ASVS 1.3.6 | guard: packages/api-client/src/http/http-client.ts
  it('does not follow a redirect', async () => {
    const inside = await listen((_request, response) => response.end('secret'));
    const server = await listen((_request, response) =>
      response.writeHead(302, { location: inside.url }).end(),
    );

    expect(await failure(open({ allowLoopback: true }).send({ url: server.url }))).toBe('redirect');
    expect(inside.connections()).toBe(0);
  });

  // attack: answer of an outbound call without end | ASVS 15.2.2 | guard: packages/api-client/src/http/http-client.ts
  it('reads no more than its bound, whether or not the length is told', async () => {
    const told = await listen((_request, response) => response.end(Buffer.alloc(5000)));
    const streamed = await listen((_request, response) => {
      const more = () => {
        while (response.write(Buffer.alloc(1000)));
        response.once('drain', more);
      };
      more();
    });
    const outbound = open({ allowLoopback: true, largestAnswerBytes: 4000 });

    expect(await failure(outbound.send({ url: told.url }))).toBe('too-large');
    expect(await failure(outbound.send({ url: streamed.url }))).toBe('too-large');
  });

  it('ends in time whether the head or the body does not come', async () => {
    const silent = await listen(() => undefined);
    const slow = await listen((_request, response) => {
      response.writeHead(200).write('x');
    });
    const outbound = open({ allowLoopback: true, timeoutMs: 200 });

    expect(await failure(outbound.send({ url: silent.url }))).toBe('unreachable');
    expect(await failure(outbound.send({ url: slow.url }))).toBe('unreachable');
  });

  // attack: interim answers without end, which cost the caller work | RFC 9110 section 15.2, CWE-400 | guard: packages/api-client/src/http/connections.ts
  it('takes a few interim answers and no stream of them', async () => {
    const hints = async (count: number) => {
      const server = await listen((_request, response) => {
        for (let sent = 0; sent < count; sent += 1) response.writeEarlyHints({ link: '</x>; rel=preload' });
        response.end('{}');
      });
      return failure(open({ allowLoopback: true }).send({ url: server.url }));
    };
    expect(await hints(10)).toBe('answered');
    expect(await hints(100)).toBe('unreachable');
  });

  it('refuses another content type and another status than was asked for', async () => {
    const page = await listen((_request, response) => {
      response.setHeader('content-type', 'text/html').end('<p>');
    });
    const missing = await listen((_request, response) => response.writeHead(404).end());
    const outbound = open({ allowLoopback: true });

    expect(await failure(outbound.send({ url: page.url, accept: ['application/json'] }))).toBe(
      'content-type',
    );
    expect(await failure(outbound.send({ url: missing.url }))).toBe('status');
  });

  it('calls nobody any more once it is closed, though calls wait for a connection', async () => {
    let asked = 0;
    const silent = await listen(() => {
      asked += 1;
    });
    const outbound = open({ allowLoopback: true });
    const calls = Array.from({ length: 12 }, () => failure(outbound.send({ url: silent.url })));
    while (asked < 8) await new Promise((resolve) => setImmediate(resolve));

    await outbound.close();

    expect(await Promise.all(calls)).toEqual(Array.from({ length: 12 }, () => 'unreachable'));
    expect([asked, silent.connections()]).toEqual([8, 8]);
  });

  it('uses no proxy of the environment', async () => {
    const proxy = await listen((_request, response) => response.end('from the proxy'));
    const server = await listen((_request, response) => response.end('direct'));
    const settings = { HTTP_PROXY: `http://127.0.0.1:${proxy.port}`, NODE_USE_ENV_PROXY: '1' };
    Object.assign(process.env, settings);
    closing.push(() => {
      for (const name of Object.keys(settings)) delete process.env[name];
    });

    expect((await open({ allowLoopback: true }).send({ url: server.url })).text).toBe('direct');
    expect(proxy.connections()).toBe(0);
  });
});
