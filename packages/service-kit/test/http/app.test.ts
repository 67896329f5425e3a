import { Writable } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { randomUuid } from '../../src/crypto/secrets.ts';
import { conflict } from '../../src/errors/app-error.ts';
import { normalizeError } from '../../src/errors/normalize.ts';
import { htmlErrorHandler } from '../../src/errors/render-html.ts';
import { type App, createApp } from '../../src/http/app.ts';
import { createDrain } from '../../src/http/drain.ts';
import { ok } from '../../src/http/envelope.ts';
import { createProxyWatch } from '../../src/http/untrusted-proxy.ts';
import { createLogger } from '../../src/observability/logging/logger.ts';
import { createMetrics } from '../../src/observability/metrics/registry.ts';

const http = {
  logRequests: 'all' as 'all' | 'failures',
  bodyLimitBytes: 2048,
  requestTimeoutMs: 5000,
  trustedProxies: [] as string[],
};
const drain = createDrain();
let metrics = createMetrics({ processMetrics: false });
let lines: string[] = [];
let app: App;

async function build(trustedProxies: string[] = []): Promise<App> {
  lines = [];
  metrics = createMetrics({ processMetrics: false });
  drain.isDraining = false;
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const log = createLogger('example', { level: 'debug', format: 'json' }, sink);
  app = await createApp({
    log,
    metrics,
    proxyWatch: createProxyWatch({ log, metrics }),
    http: { ...http, trustedProxies },
    drain,
  });
  app.get('/ip', async (request) => ({ ip: request.ip }));
  app.get('/failing', async () => {
    throw new Error('the database password is hunter2');
  });
  app.get('/taken', async () => {
    throw conflict('domains: "acme" is in use', { field: 'domains', detail: 'by row 7' });
  });
  app.post(
    '/things',
    { schema: { body: z.object({ name: z.string().min(1), size: z.number().int() }).nullish() } },
    async (request) => ok(request.body ?? null),
  );
  app.get(
    '/allow',
    {
      schema: {
        response: { 200: z.object({ shown: z.string(), list: z.array(z.object({ id: z.int() })) }) },
      },
    },
    async () => {
      const answer = { shown: 'yes', hidden: 'no', list: [{ id: 1, password: 'x' }] };
      return answer;
    },
  );
  await app.register(async (pages) => {
    pages.setErrorHandler(htmlErrorHandler);
    pages.get('/page', async () => {
      throw conflict('<script>alert(1)</script>');
    });
  });
  return app;
}

afterEach(() => app.close());

test('an unknown route answers 404 in the envelope, without the query', async () => {
  await build();
  const answer = await app.inject('/nothing?code=abc');
  expect(answer.statusCode).toBe(404);
  expect(answer.headers['x-content-type-options']).toBe('nosniff');
  expect(answer.json()).toEqual({
    status: { code: 404, name: 'not_found', message: 'There is nothing at GET /*' },
  });
});

test.each([
  ['/things/s3cret%ff', 400, 'bad_request'],
  ['/things/s3cret%', 400, 'bad_request'],
  [`/things/s3cret${'x'.repeat(600)}`, 414, 'uri_too_long'],
])(
  'an address that the router refuses is not repeated, and answered in the envelope: %s',
  async (url, code, name) => {
    await build();
    app.get('/things/:id', async () => 'thing');
    const answer = await app.inject(url);
    expect(answer.statusCode).toBe(code);
    expect(answer.json()).toEqual({ status: { code, name, message: expect.any(String) } });
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.any(String),
    });
    expect(answer.body + lines.join()).not.toContain('s3cret');
  },
);

// attack: internals in the answer of an error | CVE-2024-32967, ASVS 16.5.1 | guard: packages/service-kit/src/errors/normalize.ts
test('an unexpected error answers 500 without a word of its own', async () => {
  await build();
  const answer = await app.inject('/failing');
  expect(answer.statusCode).toBe(500);
  expect(answer.body).not.toContain('hunter2');
  expect(lines.join()).toContain('hunter2');
});

test('a refusal names the field; its detail stays in the log', async () => {
  await build();
  const answer = await app.inject('/taken');
  expect(answer.json()).toEqual({
    status: { code: 409, name: 'conflict', message: 'domains: "acme" is in use' },
    errors: [{ status: { code: 409, message: 'domains: "acme" is in use', field: 'domains' } }],
  });
});

test('a body that breaks the schema answers 400 and names every field', async () => {
  await build();
  const answer = await app.inject({ method: 'POST', url: '/things', payload: { name: '', size: 1.5 } });
  expect(answer.statusCode).toBe(400);
  expect(answer.json().errors).toMatchObject([
    { status: { field: 'name', reason: 'empty' } },
    { status: { field: 'size', reason: 'no_number' } },
  ]);
});

test('a refused value has a reason for programs, with the bound that it breaks', () => {
  const rule = z.object({
    text: z.string().min(2).max(3),
    list: z.array(z.string()).min(1).max(2),
    number: z.int().max(9),
    choice: z.enum(['a']),
    form: z.uuid(),
    either: z.union([z.int().max(9), z.string().regex(/^\d$/)]),
    own: z.string().refine(() => false, { params: { reason: 'no_origin' } }),
    invented: z.string().refine(() => false, { params: { reason: 'leaked' } }),
  });
  const why = (value: object) =>
    normalizeError(rule.safeParse(value).error).problems.map(({ field, reason, limit }) => [
      field,
      reason,
      limit,
    ]);
  const right = { text: 'ab', list: ['a'], number: 1, choice: 'a', form: randomUuid(), either: 1 };
  const custom = [
    ['own', 'no_origin', undefined],
    ['invented', undefined, undefined],
  ];
  expect(why({ ...right, own: '', invented: '' })).toEqual(custom);
  expect(
    why({ text: 'abcd', list: [], number: 10, choice: 'b', form: 'x', either: 10, own: '', invented: '' }),
  ).toEqual([
    ['text', 'too_long', 3],
    ['list', 'too_few', 1],
    ['number', 'too_large', 9],
    ['choice', 'not_one_of', undefined],
    ['form', 'wrong_form', undefined],
    ['either', 'too_large', 9],
    ...custom,
  ]);
  expect(why({ ...right, text: 'a', list: ['a', 'b', 'c'], number: 'x', own: '', invented: '' })).toEqual([
    ['text', 'too_short', 2],
    ['list', 'too_many', 2],
    ['number', 'no_number', undefined],
    ...custom,
  ]);
  expect(why({ ...right, text: undefined, own: '', invented: '' })).toEqual([
    ['text', 'missing', undefined],
    ...custom,
  ]);
});

test.each([
  ['{"a":', 'Unexpected end of JSON input'],
  [
    '{"a":"s3cret" "b":1}',
    "Expected ',' or '}' after property value in JSON at position 14 (line 1 column 15)",
  ],
  ['{"password":"s3cret","a":s3cret}', "Unexpected token 's'"],
  ['s3cret', "Unexpected token 's'"],
])('invalid JSON %s answers 400 with the reason, and repeats none of it', async (payload, reason) => {
  await build();
  const answer = await app.inject({
    method: 'POST',
    url: '/things',
    headers: { 'content-type': 'application/json' },
    payload,
  });
  expect(answer.statusCode).toBe(400);
  expect(answer.json().status.message).toBe(`The body is not valid JSON: ${reason}`);
});

// attack: prototype pollution by a JSON body | ASVS 15.3.6 | guard: packages/service-kit/src/http/bodies.ts
test('__proto__ in a JSON body answers 400', async () => {
  await build();
  const answer = await app.inject({
    method: 'POST',
    url: '/things',
    headers: { 'content-type': 'application/json' },
    payload: '{"__proto__":{"a":1}}',
  });
  expect(answer.statusCode).toBe(400);
  expect(answer.json().status.message).toContain('__proto__');
});

test('an empty body under application/json is no body', async () => {
  await build();
  const answer = await app.inject({
    method: 'POST',
    url: '/things',
    headers: { 'content-type': 'application/json' },
    payload: '',
  });
  expect(answer.json()).toEqual({ status: { code: 0 }, data: null });
});

test('a body over the limit answers 413', async () => {
  await build();
  const answer = await app.inject({
    method: 'POST',
    url: '/things',
    payload: { name: 'x'.repeat(4000), size: 1 },
  });
  expect(answer.statusCode).toBe(413);
  expect(answer.json().status.message).toContain('2048');
});

test.each(['text/xml', 'text/plain', 'application/json\tx', 'multipart/form-data'])(
  'a body of %j answers 415',
  async (type) => {
    await build();
    const answer = await app.inject({
      method: 'POST',
      url: '/things',
      headers: { 'content-type': type },
      payload: '<a/>',
    });
    expect(answer.statusCode).toBe(415);
  },
);

test('a response holds nothing but what its schema names', async () => {
  await build();
  expect((await app.inject('/allow')).json()).toEqual({ shown: 'yes', list: [{ id: 1 }] });
});

test('an error page escapes its text, forbids scripts and frames, and shows the correlation id', async () => {
  await build();
  const answer = await app.inject({
    url: '/page',
    headers: { accept: 'text/html', 'x-request-id': 'abcdefgh-1' },
  });
  expect(answer.statusCode).toBe(409);
  expect(answer.body).toContain('&lt;script&gt;');
  expect(answer.body).toContain('abcdefgh-1');
  expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'");
});

// attack: log lines forged by a request id | CVE-2023-6484, ASVS 16.4.1 | guard: packages/service-kit/src/http/correlation.ts
test('a harmless correlation id is kept, a hostile one replaced', async () => {
  await build();
  const kept = await app.inject({ url: '/ip', headers: { 'x-request-id': 'trace-0001' } });
  expect(kept.headers['x-request-id']).toBe('trace-0001');
  const replaced = await app.inject({ url: '/ip', headers: { 'x-request-id': 'a b<script>' } });
  expect(replaced.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
});

// attack: invented X-Forwarded-For | CVE-2024-47070, CVE-2023-36456 | guard: packages/service-kit/src/http/app.ts
test('X-Forwarded-For counts only from a trusted proxy [CVE-2024-47070]', async () => {
  await build();
  const spoofed = await app.inject({ url: '/ip', headers: { 'x-forwarded-for': '6.6.6.6' } });
  expect(spoofed.json()).toEqual({ ip: '127.0.0.1' });
  await app.close();
  await build(['127.0.0.1']);
  const proxied = await app.inject({ url: '/ip', headers: { 'x-forwarded-for': '6.6.6.6' } });
  expect(proxied.json()).toEqual({ ip: '6.6.6.6' });
});

// attack: limits shared by everybody behind an untrusted proxy | CWE-348 | guard: packages/service-kit/src/http/untrusted-proxy.ts
test('an untrusted proxy is named in the log once and counted, a trusted one is not', async () => {
  const counted = async () =>
    Number(/gatehouse_forwarded_addresses_ignored_total (\d+)/.exec(await metrics.expose())?.[1] ?? 0);
  const warnings = () => lines.filter((line) => line.includes('http.trustedProxies'));
  const forwarded = () => app.inject({ url: '/ip', headers: { 'x-forwarded-for': '6.6.6.6' } });
  await build();
  await app.inject('/ip');
  expect(await counted()).toBe(0);
  await forwarded();
  await forwarded();
  expect(await counted()).toBe(2);
  expect(warnings()).toEqual([expect.stringContaining('"proxyAddress":"127.0.0.1"')]);
  await app.close();

  await build(['127.0.0.1']);
  await forwarded();
  expect(await counted()).toBe(0);
  expect(warnings()).toEqual([]);
});

// attack: secrets of a query in the log | ASVS 14.2.1 | guard: packages/service-kit/src/http/access-log.ts
test('a request line is logged by path, never with its query', async () => {
  await build();
  await app.inject('/ip?code=super-secret');
  const line = lines.find((entry) => entry.includes('"path":"/ip"'));
  expect(line).toBeDefined();
  expect(lines.join()).not.toContain('super-secret');
});

test('requests are counted by route pattern, strangers as one series', async () => {
  await build();
  await app.inject('/unknown-1');
  await app.inject('/unknown-2');
  const text = await metrics.expose();
  expect(text).not.toContain('unknown-1');
  expect(text).toContain('route="unknown"');
});

test('while draining, answers close their connection', async () => {
  await build();
  drain.isDraining = true;
  expect((await app.inject('/ip')).headers.connection).toBe('close');
});

test('by default only failures are logged, and every request is measured', async () => {
  http.logRequests = 'failures';
  await build();
  http.logRequests = 'all';
  await app.inject('/ip');
  await app.inject('/taken');
  expect(lines.filter((line) => line.includes('"message":"request"'))).toHaveLength(1);
  expect(await metrics.expose()).toMatch(/_count\{method="GET",route="\/ip",status="200"\} \d+/);
});

test('an answer that has no JSON schema is refused where the API is described', async () => {
  const log = createLogger('example', { level: 'debug', format: 'json' }, new Writable());
  app = await createApp({ log, metrics, http, describesApi: true });
  const schema = { response: { 200: z.object({ at: z.string().transform(Number) }) } };
  app.get('/changed', { schema }, async () => ({ at: '1' }) as never);
  await expect(app.ready()).rejects.toThrow('Transforms cannot be represented in JSON Schema');
});
