/** Finds the traces of one request of a browser, in every service and under one id: on the page, in the logs, in the audit trail and in a trace. */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type OpenIdProvider, startOpenIdProvider } from '@gatehouse/testing/identity-providers';
import { freePort } from '@gatehouse/testing/network';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { configServerAccount } from '../../stack/provisioning/demo.ts';
import { statePaths } from '../../stack/state/paths.ts';
import { basic } from '../e2e/calls.ts';
import { newStateFolder, type RunningStack, startStack, startTimeoutMs } from '../e2e/running-stack.ts';
import { type CollectedSpan, type Collector, startCollector } from './collector.ts';

let stateFolder: string;
let stack: RunningStack;
let collector: Collector;
let provider: OpenIdProvider;

beforeAll(async () => {
  [stateFolder, collector, provider] = await Promise.all([
    newStateFolder(),
    startCollector(),
    startOpenIdProvider({ clients: [] }),
  ]);
  // The services of the stack inherit them.
  vi.stubEnv('GATEHOUSE_TRACING_ENDPOINT', collector.url);
  vi.stubEnv('GATEHOUSE_TRACING_SAMPLE_RATIO', '0');
  vi.stubEnv('GATEHOUSE_LOG_REQUESTS', 'all');
  vi.stubEnv('OTEL_BSP_SCHEDULE_DELAY', '200');
  stack = await startStack(stateFolder, '--quiet');
}, startTimeoutMs);

afterAll(async () => {
  vi.unstubAllEnvs();
  await stack?.end();
  await Promise.all([collector.close(), provider.close()]);
  await rm(stateFolder, { recursive: true, force: true });
}, 60_000);

/** A browser without a screen. */
function newBrowser() {
  const cookies = new Map<string, string>();
  return async (url: string, init: RequestInit = {}) => {
    const answer = await fetch(new URL(url, stack.description.publicUrl), {
      redirect: 'manual',
      ...init,
      headers: {
        ...(init.headers as Record<string, string>),
        cookie: [...cookies].map((pair) => pair.join('=')).join('; '),
      },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
      cookies.set(name, value);
    }
    return { location: answer.headers.get('location') ?? '', text: await answer.text(), answer };
  };
}

function newTrace() {
  const traceId = randomBytes(16).toString('hex');
  return { traceId, headers: { traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01` } };
}

/** Up to the password form, and its answer. */
async function signIn(headers: Record<string, string>) {
  const browser = newBrowser();
  const { clients, users } = stack.description;
  const client = clients.find(({ client_id }) => client_id === 'playground');
  const query = new URLSearchParams({
    client_id: 'playground',
    redirect_uri: client?.redirectURIs[0] ?? '',
    response_type: 'code',
    code_challenge: createHash('sha256').update('v'.repeat(50)).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const begun = await browser(`/auth/v3/oauth/authorize?${query}`);
  const interaction =
    new URL(begun.location, stack.description.publicUrl).searchParams.get('interaction') ?? '';
  const page = await browser(begun.location);
  const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
  const answer = await browser('/auth/v3/sign-in', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams({ ...users[0], interaction, csrf }).toString(),
  });
  return { browser, answer };
}

async function askOperator(method: string, path: string, data?: object) {
  const { publicUrl, ops } = stack.description;
  const answer = await fetch(`${publicUrl}${path}`, {
    method,
    headers: { authorization: basic(ops), ...(data ? { 'content-type': 'application/json' } : {}) },
    ...(data ? { body: JSON.stringify({ data }) } : {}),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as {
    data: Record<string, unknown>[] & { configServers: { id: string; primaryPort: number }[] };
  };
}

const linesOf = (service: string, id: string) =>
  readFileSync(join(statePaths(stateFolder).logs, `${service}.log`), 'utf8')
    .split('\n')
    .filter((line) => line.includes(`"correlationId":"${id}"`))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const isOf = (service: string, name: string | RegExp) => (span: CollectedSpan) =>
  span.service === service && (typeof name === 'string' ? span.name === name : name.test(span.name));

async function spansOf(traceId: string, ...wanted: ReturnType<typeof isOf>[]): Promise<CollectedSpan[]> {
  await vi.waitFor(
    () => {
      const spans = collector.ofTrace(traceId);
      for (const isWanted of wanted)
        expect(spans.some(isWanted), spans.map(({ service, name }) => `${service} ${name}`).join('\n')).toBe(
          true,
        );
    },
    { timeout: 10_000, interval: 50 },
  );
  return collector.ofTrace(traceId);
}

test('a sign-in that the Configuration Server does not answer has one id on the page, in the logs of each service, in the audit trail and in the trace', async () => {
  const environment = `/environment/v3/environments/${stack.description.environmentId}`;
  const [server] = (await askOperator('GET', environment)).data.configServers;
  const move = (primaryPort: number | undefined) =>
    askOperator('PUT', `${environment}/config-servers/${server?.id}`, {
      primaryPort,
      password: configServerAccount.password,
    });
  await move(await freePort());
  const { traceId, headers } = newTrace();

  const { browser, answer } = await signIn(headers).finally(() => move(server?.primaryPort));
  const { text } = await browser(answer.location);
  const [, id = ''] = /Reference: <code>([^<]+)</.exec(text) ?? [];

  expect(id).toBe(answer.answer.headers.get('x-request-id'));
  await vi.waitFor(async () => {
    const { data } = await askOperator('GET', `/auth/v3/ops/audit?correlationId=${id}`);
    expect(data).toMatchObject([{ name: 'login_failed', fields: { reason: 'try_again' } }]);
  }, 10_000);
  await vi.waitFor(() => {
    expect(linesOf('auth-api', id)).toContainEqual(
      expect.objectContaining({ path: '/auth/v3/sign-in', traceId }),
    );
    expect(linesOf('environment-api', id)).toContainEqual(expect.objectContaining({ status: 200, traceId }));
  }, 5_000);
  const spans = await spansOf(
    traceId,
    isOf('auth-api', 'POST /auth/v3/sign-in'),
    isOf('auth-api', 'evalsha'),
    isOf('environment-api', /^GET \/environment\/v3\/internal/),
    isOf('environment-api', /^pg\.query:/),
  );
  for (const span of spans.filter(({ name }) => / \/(auth|environment)\/v3/.test(name)))
    expect(span.attributes['gatehouse.correlation_id']).toBe(id);
}, 60_000);

test('a sign-in that succeeds shows what it asked of the Configuration Server, beneath the request', async () => {
  let trace = newTrace();
  // The link opens again within moments.
  await vi.waitFor(
    async () => {
      trace = newTrace();
      const { answer } = await signIn(trace.headers);
      expect(answer.location).toContain('/resume');
    },
    { timeout: 20_000, interval: 500 },
  );
  const isRequest = isOf('auth-api', 'POST /auth/v3/sign-in');
  const isCall = isOf('auth-api', 'config-server authenticate');
  const spans = await spansOf(trace.traceId, isRequest, isCall);

  expect(spans.find(isCall)?.parentSpanId).toBe(spans.find(isRequest)?.spanId);
  expect(JSON.stringify(collector.spans)).not.toContain(stack.description.users[0]?.password);
}, 60_000);

test('a sign-in elsewhere shows what was asked of the identity provider', async () => {
  const { contactCenterId } = stack.description;
  await askOperator('PUT', `/environment/v3/contact-centers/${contactCenterId}/oidc`, {
    ...{
      location: '/',
      enabled: true,
      issuer: provider.issuer,
      clientId: 'gatehouse',
      clientSecret: 'of no use',
    },
  });
  const { traceId, headers } = newTrace();
  await vi.waitFor(async () => {
    const { location } = await newBrowser()('/auth/v3/sso/start?tenant=demo', { headers });
    expect(location).toContain(provider.issuer);
  }, 5_000);

  const spans = await spansOf(traceId, isOf('auth-api', 'GET /auth/v3/sso/start'), isOf('auth-api', 'GET'));
  const call = spans.find((span) => span.attributes['server.port'] === new URL(provider.issuer).port);
  expect(call?.parentSpanId).toBe(spans.find(({ name }) => name === 'GET /auth/v3/sso/start')?.spanId);
}, 30_000);

test('requests without a traceparent are traced by the share that was asked for, which is none', () => {
  const traces = new Set(collector.spans.map(({ traceId }) => traceId));
  expect(collector.spans.filter(({ name }) => name === 'GET /auth/v3/ops/audit')).toEqual([]);
  expect(traces.size).toBeGreaterThanOrEqual(3);
});
