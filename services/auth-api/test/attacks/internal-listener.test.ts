import { basicAuthorization } from '@gatehouse/api-client/http';
import { visitorAddressHeader } from '@gatehouse/contracts/auth-api';
import type { App } from '@gatehouse/service-kit/http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, ops, serviceClient, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { browserCookie, startInteraction } from '../stack/interaction.ts';

let stack: AuthApi;
/** Serves the release before too. A client id of its own keeps its counts apart. */
let expanded: AuthApi;
const expandedId = 'services-of-both-releases';

beforeAll(async () => {
  stack = await startAuthApi();
  expanded = await startAuthApi({
    beside: stack,
    env: {
      GATEHOUSE_INTERNAL_ON_PUBLIC_PORT: 'true',
      GATEHOUSE_SIGN_IN_STARTS_PER_MINUTE: '10',
      GATEHOUSE_SERVICE_CLIENT_ID: expandedId,
    },
  });
});
afterAll(async () => {
  await expanded?.close();
  await stack?.close();
});

const right = basicAuthorization(serviceClient.id, serviceClient.secret);
const rightExpanded = basicAuthorization(expandedId, serviceClient.secret);
const wrong = (n: number, id = serviceClient.id) => basicAuthorization(id, `guess number ${n}`);
const logout = '/auth/v3/internal/logouts/none';

async function statusOf(app: App, url: string, from: string, headers: Record<string, string>) {
  return (await app.inject({ url, headers, remoteAddress: from })).statusCode;
}

const ask = (app: App, authorization: string, from: string) => statusOf(app, logout, from, { authorization });

function introspect(authorization: string, from: string) {
  const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
  return stack.app
    .inject({
      method: 'POST',
      url: '/auth/v3/oauth/introspect',
      headers,
      remoteAddress: from,
      payload: 'token=x',
    })
    .then(({ statusCode }) => statusCode);
}

const askOps = (password: string, from: string) =>
  statusOf(stack.app, '/auth/v3/ops/clients', from, {
    authorization: basicAuthorization(ops.username, password),
  });

const count = (statuses: number[], status: number) => statuses.filter((one) => one === status).length;

describe('the internal routes', () => {
  // attack: internal routes through the public host | ASVS 4.1.4, CWE-668 | guard: services/auth-api/src/app.ts
  it('are not on the public listener, whoever asks', async () => {
    for (const path of ['interactions/none', 'logouts/none', 'introspect', 'auth-scheme', '']) {
      for (const method of ['GET', 'POST'] as const) {
        const answer = await stack.app.inject({
          method,
          url: `/auth/v3/internal/${path}`,
          headers: { authorization: right },
        });
        expect([path, method, answer.statusCode]).toEqual([path, method, 404]);
      }
    }
  });

  it('are alone on their listener', async () => {
    const paths = ['/auth/v3/oauth/token', '/auth/v3/sign-in', '/auth/v3/ops/clients', '/auth/v3/oauth/jwks'];
    for (const url of paths) {
      const authorization = basicAuthorization(ops.username, ops.password);
      expect(await statusOf(stack.internalApp, url, '10.0.0.1', { authorization }), url).toBe(404);
    }
    expect(await ask(stack.internalApp, right, '10.0.0.1')).toBe(404);
    expect(await statusOf(stack.internalApp, logout, '10.0.0.1', {})).toBe(401);
  });

  it('answer what Environment API asks about a token', async () => {
    const headers = { authorization: right, 'content-type': 'application/x-www-form-urlencoded' };
    const own = await stack.deps.tokens.serviceAuthorization.header();
    const introspected = async (token: string) => {
      const url = '/auth/v3/internal/introspect';
      const payload = new URLSearchParams({ token }).toString();
      return (await stack.internalApp.inject({ method: 'POST', url, headers, payload })).json();
    };
    expect(await introspected(own.replace('Bearer ', ''))).toMatchObject({
      active: true,
      client_id: serviceClient.id,
      internal_client: true,
    });
    expect(await introspected('nobodys-token')).toEqual({ active: false });
  });

  // attack: internal routes of an upgrade through the ingress | ASVS 4.1.4, CWE-668 | guard: packages/service-kit/src/http/internal.ts
  it('answer on the public listener only by the setting, and never through a proxy', async () => {
    const browser = createBrowser(expanded.app);
    const id = await startInteraction(expanded, browser);
    const url = `/auth/v3/internal/interactions/${id}`;
    const headers = {
      authorization: rightExpanded,
      'x-gatehouse-browser': browser.cookies.get(browserCookie) ?? '',
    };
    expect(await statusOf(expanded.app, url, '10.0.0.2', headers)).toBe(200);
    for (const proxy of ['x-forwarded-for', 'forwarded', 'x-real-ip']) {
      expect(await statusOf(expanded.app, url, '10.0.0.2', { ...headers, [proxy]: '198.51.100.1' })).toBe(
        404,
      );
    }
  });
});

describe('the release before', () => {
  const ask = (secret: string, n: number) =>
    expanded.app
      .inject({
        method: 'POST',
        url: '/auth/v3/auth-scheme',
        headers: {
          authorization: basicAuthorization(expandedId, secret),
          [visitorAddressHeader]: `198.51.100.${n}`,
        },
        remoteAddress: '10.5.0.1',
        payload: { data: { userName: 'agent', tenant: 'demo' } },
      })
      .then(({ statusCode }) => statusCode);
  const askTimes = (secret: string) => Promise.all(Array.from({ length: 12 }, (_, n) => ask(secret, n)));

  it('asks at the old place for whom it says, and nobody else does', async () => {
    expect(await askTimes(serviceClient.secret)).toEqual(Array(12).fill(200));
    expect(await askTimes('a guess of the secret')).toContain(429);
  });
});

describe.each([
  ['the internal listener', serviceClient.id, () => stack.internalApp],
  ['the old place', expandedId, () => expanded.app],
])('guesses of the service secret at %s', (_place, id, appOf) => {
  const known = basicAuthorization(id, serviceClient.secret);

  // attack: guessing the secret of the service client | ASVS 6.3.1, RFC 6749 2.3.1 | guard: services/auth-api/src/registry/clients/built-in/service-callers.ts
  it('are limited by address, in parallel too, and the right one is not told apart', async () => {
    const app = appOf();
    const statuses = await Promise.all(
      Array.from({ length: 60 }, (_, n) => ask(app, wrong(n, id), '10.1.0.1')),
    );
    expect(count(statuses, 401)).toBeLessThanOrEqual(20);
    expect(count(statuses, 401) + count(statuses, 429)).toBe(60);
    expect(await ask(app, known, '10.1.0.1')).toBe(429);
  });

  // attack: guessing the secret from many addresses | ASVS 6.3.1 | guard: services/auth-api/src/registry/clients/built-in/service-callers.ts
  it('are limited for all addresses together, without shutting out who has proved the secret', async () => {
    const app = appOf();
    expect(await ask(app, known, '10.2.0.250')).toBe(404);
    const guesses = Array.from({ length: 120 }, (_, n) => ask(app, wrong(n, id), `10.2.0.${n + 1}`));
    const statuses = await Promise.all(guesses);
    expect(count(statuses, 401)).toBeLessThanOrEqual(60);
    expect(count(statuses, 429)).toBeGreaterThanOrEqual(60);
    expect(await ask(app, known, '10.2.0.250')).toBe(404);
  });
});

describe('the secret of the service client at the public endpoints', () => {
  // attack: internal services shut out by guesses at an invented client id | CWE-645, ASVS 6.3.1 | guard: packages/caller-auth/src/credentials/secret-verifier.ts
  it('counts apart from every client id that a stranger can send', async () => {
    for (const id of [`service ${serviceClient.id}`, `ops ${ops.username}`]) {
      const guesses = Array.from({ length: 50 }, (_, n) => introspect(wrong(n, id), `10.6.0.${n % 5}`));
      expect(count(await Promise.all(guesses), 429), id).toBeGreaterThan(0);
    }
    // A wrong secret from a new address is still looked at, so the count of the services is not used up.
    expect(await ask(stack.internalApp, wrong(1), '10.6.1.1')).toBe(401);
    expect(await askOps('not the password', '10.6.1.2')).toBe(401);
  });

  // attack: telling the right secret by its acceptance | ASVS 6.3.1 | guard: services/auth-api/src/registry/clients/built-in/service-client.ts
  it('is refused too while it is guessed, and at the internal listener it still counts', async () => {
    const statuses = await Promise.all(
      Array.from({ length: 40 }, (_, n) => introspect(wrong(n), '10.3.0.1')),
    );
    expect(count(statuses, 401)).toBeLessThanOrEqual(20);
    expect(await introspect(right, '10.3.0.1')).toBe(429);
    expect(await ask(stack.internalApp, right, '10.3.0.1')).toBe(404);
  });

  it('is no guess where it must be encoded', async () => {
    const secret = '2+3/4=not5%41 and more';
    const special = await startAuthApi({
      beside: stack,
      env: { GATEHOUSE_SERVICE_CLIENT_SECRET: secret },
    });
    try {
      const authorization = basicAuthorization(serviceClient.id, secret);
      const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
      for (let times = 0; times < 30; times += 1) {
        expect(await ask(special.internalApp, authorization, '10.4.0.1')).toBe(404);
        const url = '/auth/v3/oauth/introspect';
        const answer = await special.app.inject({ method: 'POST', url, headers, payload: 'token=x' });
        expect(answer.statusCode).toBe(200);
      }
    } finally {
      await special.close();
    }
  });
});
