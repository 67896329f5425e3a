/** Traces as a collector gets them: one request, its statements, commands and calls, beneath the caller's trace. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpClient } from '@gatehouse/api-client/http';
import { createTestDatabase } from '@gatehouse/testing/postgres';
import { redisConfigOf, startRedis } from '@gatehouse/testing/redis';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../src/crypto/secret.ts';
import { createApp } from '../../src/http/app.ts';
import { createMetrics } from '../../src/observability/metrics/registry.ts';
import { createPool, inTransaction, type Pool } from '../../src/postgres/pool.ts';
import { createRedis, type RedisClient, untilRedisIsReady } from '../../src/redis/client.ts';
import { startTracing, type Tracing } from '../../src/tracing/tracing.ts';

interface Span {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  status?: { code?: number };
  attributes: { key: string; value: { stringValue?: string; intValue?: number } }[];
}

const log = pino({ level: 'silent' });
const callerTrace = '4bf92f3577b34da6a3ce929d0e0e4736';
const callerSpan = '00f067aa0ba902b7';
const spans: Span[] = [];
const upstreamHeaders: IncomingMessage['headers'][] = [];
const closers: (() => Promise<unknown>)[] = [];
const answered = Promise.withResolvers<void>();
let left: Promise<unknown>;
let tracing: Tracing;
let url: string;

async function listen(answer: (request: IncomingMessage, body: string) => string): Promise<string> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(answer(request, body)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  const collector = await listen((_request, body) => {
    const { resourceSpans } = JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] };
    spans.push(...resourceSpans.flatMap((one) => one.scopeSpans.flatMap((scope) => scope.spans)));
    return '{}';
  });
  const upstreamUrl = await listen((request) => {
    upstreamHeaders.push(request.headers);
    return '{}';
  });
  tracing = (await startTracing(
    { endpoint: `${collector}/v1/traces`, sampleRatio: 1 },
    { name: 'test', version: '1' },
  )) as Tracing;
  const [pool, redis] = await Promise.all([openPool(), openRedis()]);
  class Server {
    #state = 'open';
    get state() {
      return this.#state;
    }
    authenticate = async () => 'yes';
    close() {
      this.#state = 'closed';
    }
  }
  const server = tracing.calls('config-server', new Server(), ['authenticate']);
  const upstream = createHttpClient({ dependency: 'other', baseUrl: upstreamUrl });
  closers.push(() => upstream.close());
  const app = await createApp({
    ...{ log, metrics: createMetrics({ processMetrics: false }), tracing },
    http: { bodyLimitBytes: 10_000, requestTimeoutMs: 1000, trustedProxies: [] },
  });
  app.post('/things/:id', async () => {
    await pool.query('SELECT $1::text AS secret_value', ['hidden']);
    await inTransaction(pool, (client) => client.query({ name: 'find_thing', text: 'SELECT 2' }));
    await redis.get('secret-key');
    await upstream.send({ method: 'GET', path: '/secret-id?code=secret-code' });
    const answer = { answer: await server.authenticate(), before: server.state };
    server.close();
    return { ...answer, after: server.state };
  });
  app.get('/left-running', async () => {
    left = answered.promise.then(() => upstream.send({ path: '/' }));
    return {};
  });
  app.get('/broken', async () => {
    await pool.query('SELECT 1/0');
  });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
  closers.push(() => app.close());
});

afterAll(async () => {
  for (const close of closers.toReversed()) await close();
});

async function openPool(): Promise<Pool> {
  const database = await createTestDatabase();
  const settings = {
    host: '',
    port: 0,
    database: '',
    username: '',
    password: undefined,
    ssl: 'off' as const,
  };
  const pool = createPool(
    {
      ...{ ...settings, url: new Secret(database.url) },
      ...{ poolSize: 3, poolCheckoutTimeoutMs: 5000, statementTimeoutMs: 5000 },
    },
    { schema: 'public', applicationName: 'test', log },
  );
  closers.push(async () => {
    await pool.end();
    await database.close();
  });
  return pool;
}

async function openRedis(): Promise<RedisClient> {
  const server = await startRedis();
  const redis = createRedis(redisConfigOf(server, 5000), { log });
  await untilRedisIsReady(redis);
  closers.push(async () => {
    redis.disconnect();
    await server.close();
  });
  return redis;
}

describe('traces', () => {
  it('show a request with everything it did, in the trace of its caller, and no value or key', async () => {
    const answer = await fetch(`${url}/things/secret-id?code=secret-code`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        traceparent: `00-${callerTrace}-${callerSpan}-01`,
        tracestate: 'vendor=1',
        baggage: 'from=a-stranger',
        'x-request-id': 'correlation-1',
      },
      body: '{"a":1}',
    });
    expect(await answer.json()).toEqual({ answer: 'yes', before: 'open', after: 'closed' });
    await fetch(`${url}/broken`);
    await (await fetch(`${url}/left-running`)).text();
    answered.resolve();
    await left;
    await tracing.close();

    const request = spans.find(({ name }) => name === 'POST /things/:id') as Span;
    expect(request).toMatchObject({ traceId: callerTrace, parentSpanId: callerSpan });
    expect(request.attributes).toContainEqual({
      key: 'gatehouse.correlation_id',
      value: { stringValue: 'correlation-1' },
    });
    const children = spans.filter(({ parentSpanId }) => parentSpanId === request.spanId);
    expect(children.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^pg\.query:SELECT /),
        expect.stringMatching(/^pg\.query:find_thing /),
        'get',
        'GET',
        'config-server authenticate',
      ]),
    );
    expect(upstreamHeaders[0]?.['traceparent']).toMatch(new RegExp(`^00-${callerTrace}-[0-9a-f]{16}-01$`));
    expect(upstreamHeaders[0]).toMatchObject({ tracestate: 'vendor=1' });
    expect(upstreamHeaders[0]).not.toHaveProperty('baggage');
    const broken = spans.find(({ name }) => name === 'GET /broken') as Span;
    expect(broken.traceId).not.toBe(callerTrace);
    expect(broken.status).toMatchObject({ code: 2 });
    const began = spans.find(({ name }) => name === 'GET /left-running') as Span;
    expect(spans.filter(({ traceId }) => traceId === began.traceId)).toEqual([began]);
    expect(JSON.stringify(spans)).not.toMatch(/hidden|secret-key|secret-id|secret-code/);
  });

  it('are not even begun without an endpoint', async () => {
    expect(
      await startTracing({ endpoint: undefined, sampleRatio: 1 }, { name: 'test', version: '1' }),
    ).toBeUndefined();
  });
});
