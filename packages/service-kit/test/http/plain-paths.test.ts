/** Paths in a second spelling, sent as written: a client library would mend them. */
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReadiness } from '../../src/health/readiness.ts';
import { type App, createApp } from '../../src/http/app.ts';
import { createManagementApp } from '../../src/http/process/management.ts';
import { createLogger } from '../../src/observability/logging/logger.ts';
import { createMetrics } from '../../src/observability/metrics/registry.ts';

const metrics = createMetrics({ processMetrics: false });
let app: App;
let management: ReturnType<typeof createManagementApp>;
const reached: string[] = [];

beforeAll(async () => {
  app = await createApp({
    log: createLogger('test', { level: 'silent', format: 'json' }),
    metrics,
    http: { bodyLimitBytes: 1000, requestTimeoutMs: 1000, trustedProxies: [] },
  });
  app.get('/auth/v3/ops/:id', async ({ params }) => {
    reached.push((params as { id: string }).id);
    return 'reached';
  });
  const readiness = createReadiness([], { start: { awaited: undefined } });
  const parts = { version: '1', drain: { isDraining: false }, config: {} };
  management = createManagementApp({ service: 'test', ...parts, readiness, metrics });
  for (const one of [app, management]) await one.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => Promise.all([app?.close(), management?.close()]));

function ask(path: string, server: { server: { address(): unknown } } = app) {
  const { port } = server.server.address() as AddressInfo;
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, agent: false }, async (answer) => {
      const body = Buffer.concat(await answer.toArray()).toString();
      resolve({ status: answer.statusCode ?? 0, body });
    });
    sent.on('error', reject).end();
  });
}

describe('a path in a second spelling', () => {
  // attack: pass a rule by path in front of a service by another spelling | RFC 3986 section 2.3, CWE-647 | guard: packages/service-kit/src/http/app.ts
  it.each([
    '/auth/v3/%6fps/1',
    '/auth/v3/%6Fps/1',
    '/%61uth/v%33/ops/1',
    '/auth/v3/ops/%31',
    '/auth/v3/ops/a%2Db',
    '/auth/v3/ops/a%5fb',
    '/auth/v3/ops/a%7eb',
    '/auth/v3/ops/%2e%2e',
    '/auth/v3/ops/..',
    '/auth/v3/oauth/../ops/1',
    '/auth/v3/./ops/1',
    '/auth/v3/ops/..%2f1',
    '/auth/v3/ops/1%252f2',
    '/auth/v3/ops/%252E%252E',
    '/auth/v3/ops/1%25252f2',
    '/auth/v3/ops/1%5C2',
    '/auth/v3/ops/1%255c2',
    '/auth/v3\\ops\\1',
  ])('%s is refused before any route', async (path) => {
    reached.length = 0;
    const { status, body } = await ask(path);
    expect([status, JSON.parse(body).status.message, reached]).toEqual([
      400,
      expect.stringContaining('its path is not spelled plainly'),
      [],
    ]);
  });

  // attack: address of another server, or a fragment, as the target of a request | RFC 9112 section 3.2, CWE-436 | guard: packages/service-kit/src/http/plain-paths.ts
  it.each([
    'http://evil.test/auth/v3/ops/1',
    'https://evil.test/auth/v3/ops/1?a=b',
    'HTTP://evil.test/auth/v3/ops/1',
    '/auth/v3/ops/1#a',
    '/auth/v3/ops/1#?a=b',
    '/auth/v3/ops/1?a=b#c',
  ])('%s is no path, and is refused before any route', async (target) => {
    reached.length = 0;
    expect([(await ask(target)).status, reached]).toEqual([400, []]);
  });

  it.each([
    ['1%2F2', '1/2'],
    ['a%20b', 'a b'],
    ['%C3%A4%E4%BA%BA', 'ä人'],
    ['a%3Ab%40c', 'a:b@c'],
    ['50%25', '50%'],
    ['50%25%20off', '50% off'],
    ["~a-b._!'()*", "~a-b._!'()*"],
    ['...', '...'],
    ['.a', '.a'],
  ])('an id that must be encoded arrives: %s', async (spelling, id) => {
    reached.length = 0;
    const { status } = await ask(`/auth/v3/ops/${spelling}?next=%2e%2e%6f`);
    expect([status, reached]).toEqual([200, [id]]);
  });

  // attack: reach the management port by another spelling of a path | RFC 3986 section 2.3 | guard: packages/service-kit/src/http/process/management.ts
  it('is refused by the management port as well', async () => {
    expect((await ask('/%69nfo', management)).status).toBe(400);
    expect((await ask('/info', management)).status).toBe(200);
  });
});
