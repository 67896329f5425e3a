import { AppError, conflict } from '@gatehouse/service-kit/errors';
import { type App, createApp } from '@gatehouse/service-kit/http';
import { createLogger, createMetrics } from '@gatehouse/service-kit/observability';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { invalidClient, OAuthError } from '../../src/oauth-errors/oauth-error.ts';
import { oauthErrorHandler } from '../../src/oauth-errors/render-oauth.ts';

let app: App;

beforeAll(async () => {
  app = await createApp({
    log: createLogger('test', { level: 'silent', format: 'json' }),
    metrics: createMetrics({ processMetrics: false }),
    http: { bodyLimitBytes: 1000, requestTimeoutMs: 1000, trustedProxies: [] },
  });
  app.get('/data', async () => {
    throw new OAuthError('use_dpop_nonce', 401, 'A nonce is required', {
      challenge: 'DPoP error="use_dpop_nonce"',
      dpopNonce: 'fresh',
    });
  });
  app.get('/taken', async () => {
    throw conflict('It is in use');
  });
  await app.register(
    async (scope: App) => {
      scope.setErrorHandler(oauthErrorHandler);
      scope.post('/token', async () => {
        throw invalidClient({ detail: 'unknown client' });
      });
      scope.post('/busy', async () => {
        throw new AppError('too_many_requests', 429, 'Too many');
      });
    },
    { prefix: '/oauth' },
  );
});
afterAll(() => app?.close());

test('an OAuth error carries its code and challenge', async () => {
  const answer = await app.inject({ method: 'POST', url: '/oauth/token' });
  expect(answer.statusCode).toBe(401);
  expect(answer.json()).toEqual({
    error: 'invalid_client',
    error_description: 'Client authentication failed',
  });
  expect(answer.headers['www-authenticate']).toContain('Basic');
});

test('another error gets a code of the OAuth registry there', async () => {
  const busy = await app.inject({ method: 'POST', url: '/oauth/busy' });
  expect([busy.statusCode, busy.json()]).toEqual([
    429,
    { error: 'temporarily_unavailable', error_description: 'Too many' },
  ]);
  const wrongMethod = await app.inject({ method: 'GET', url: '/oauth/token?secret=s' });
  expect(wrongMethod).toMatchObject({ statusCode: 405, headers: { allow: 'POST' } });
  expect(wrongMethod.json()).toEqual({
    error: 'invalid_request',
    error_description: 'GET is not possible here: use POST',
  });
});

test('an OAuth error keeps its form on a route whose other errors have the envelope', async () => {
  const answer = await app.inject('/data');
  expect(answer.body).toBe('{"error":"use_dpop_nonce","error_description":"A nonce is required"}');
  expect(answer.headers).toMatchObject({
    'www-authenticate': 'DPoP error="use_dpop_nonce"',
    'dpop-nonce': 'fresh',
    'cache-control': 'no-store',
    'content-type': 'application/json; charset=utf-8',
  });
  expect((await app.inject('/taken')).json()).toMatchObject({ status: { code: 409, name: 'conflict' } });
});
