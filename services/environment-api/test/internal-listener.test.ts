import { randomToken } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { opsAuthorization, type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;
/** Serves the release before too. */
let expanded: RunningApi;
let internal: string;

beforeAll(async () => {
  // A slow answer is not counted as a guess.
  api = await startApi({ env: { GATEHOUSE_AUTH_API_TIMEOUT_MS: '20000' } });
  expanded = await startApi({ env: { GATEHOUSE_INTERNAL_ON_PUBLIC_PORT: 'true' } });
  internal = api.authApi.token({ internal_client: true });
});
afterAll(() => Promise.all([api?.close(), expanded?.close()]));

const changes = '/environment/v3/internal/changes';

// attack: internal routes through the public host | ASVS 4.1.4, CWE-668 | guard: services/environment-api/src/app.ts
it('the internal routes are not on the public listener, and alone on their own', async () => {
  for (const path of [
    'changes',
    'cors',
    'contact-centers',
    'environments/x',
    'contact-centers/x/single-sign-on',
  ]) {
    const url = `/environment/v3/internal/${path}`;
    const answer = await api.app.inject({ url, headers: { authorization: internal } });
    expect([path, answer.statusCode]).toEqual([path, 404]);
  }
  const at = (url: string, authorization: string) =>
    api.internalApp.inject({ url, headers: { authorization } }).then(({ statusCode }) => statusCode);
  expect(await at(changes, internal)).toBe(200);
  expect(await at(changes, opsAuthorization)).toBe(403);
  expect(await at('/environment/v3/environments', opsAuthorization)).toBe(404);
});

// attack: internal routes of an upgrade through the ingress | ASVS 4.1.4, CWE-668 | guard: packages/service-kit/src/http/internal.ts
it('by the setting they answer on the public listener, but never through a proxy', async () => {
  const authorization = expanded.authApi.token({ internal_client: true });
  const at = (headers: object) =>
    expanded.app
      .inject({ url: changes, headers: { authorization, ...headers } })
      .then(({ statusCode }) => statusCode);
  expect(await at({})).toBe(200);
  for (const proxy of ['x-forwarded-for', 'forwarded', 'x-real-ip']) {
    expect(await at({ [proxy]: '198.51.100.1' })).toBe(404);
  }
});

// attack: guessing tokens at internal routes | ASVS 6.3.1, RFC 7662 4 | guard: services/environment-api/src/access/admission.ts
it('guesses of tokens are limited by address, in parallel too, and do not reach Auth API without end', async () => {
  const from = (authorization: string, remoteAddress: string) =>
    api.internalApp.inject({ url: changes, headers: { authorization }, remoteAddress });
  const before = api.authApi.asked;
  const answers = await Promise.all(
    Array.from({ length: 300 }, () => from(`Bearer ${randomToken()}`, '10.0.0.9')),
  );
  expect(answers.filter(({ statusCode }) => statusCode === 401)).toHaveLength(200);
  expect(answers.filter(({ statusCode }) => statusCode === 429)).toHaveLength(100);
  expect(api.authApi.asked - before).toBeLessThanOrEqual(200);
  expect((await from(internal, '10.0.0.9')).statusCode).toBe(429);
  expect((await from(internal, '10.0.0.10')).statusCode).toBe(200);
});
