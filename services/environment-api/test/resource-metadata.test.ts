/** What this API tells a client that knows nothing but its address (RFC 9728). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningApi, startApi } from './running-api.ts';

const publicUrl = 'https://login.example.com';
const metadataAddress = `${publicUrl}/.well-known/oauth-protected-resource/environment/v3`;

let api: RunningApi;
beforeAll(async () => {
  api = await startApi({
    env: { GATEHOUSE_PUBLIC_URL: publicUrl, GATEHOUSE_DPOP_ORIGINS: publicUrl },
  });
});
afterAll(() => api.close());

const withoutPassword = (headers: Record<string, string>) =>
  api.app.inject({ url: '/environment/v3/environments', headers: { host: 'evil.test', ...headers } });

describe('protected resource metadata', () => {
  it.each([
    ['no credentials', {}],
    ['a token that is no good', { authorization: 'Bearer nobodys' }],
  ])('is named to a caller with %s', async (_name, headers) => {
    const answer = await withoutPassword(headers as Record<string, string>);
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toContain(`, resource_metadata="${metadataAddress}"`);
  });

  it('leaves the challenge for a password as it was', async () => {
    const answer = await withoutPassword({ authorization: `Basic ${btoa('ops:wrong')}` });
    expect([answer.statusCode, answer.headers['www-authenticate']]).toEqual([
      401,
      'Basic realm="gatehouse", charset="UTF-8"',
    ]);
  });

  it('names the authorization server, to pages of every origin', async () => {
    const answer = await api.app.inject({
      url: new URL(metadataAddress).pathname,
      headers: { host: 'evil.test', origin: 'https://anybody.test' },
    });
    expect([answer.statusCode, answer.headers['access-control-allow-origin']]).toEqual([200, '*']);
    expect(answer.json()).toMatchObject({
      resource: `${publicUrl}/environment/v3`,
      authorization_servers: [`${publicUrl}/auth/v3`],
      bearer_methods_supported: ['header'],
      dpop_signing_alg_values_supported: expect.arrayContaining(['ES256']),
    });
  });

  it('is not there where the API does not know its address', async () => {
    const other = await startApi();
    try {
      const answer = await other.app.inject({ url: '/environment/v3/environments' });
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="gatehouse"');
      expect((await other.app.inject({ url: new URL(metadataAddress).pathname })).statusCode).toBe(404);
    } finally {
      await other.close();
    }
  });
});

it.each([
  ['a UUID of the caller comes back', 'c770aef3-6784-41f7-8e0e-ff5f97bddb3a', true],
  ['another value is replaced', 'my call', false],
])('x-fapi-interaction-id: %s, also in a refusal', async (_name, sent, isEchoed) => {
  const headers = { 'x-fapi-interaction-id': sent, authorization: 'Bearer unknown' };
  const answer = await api.app.inject({ url: '/environment/v3/environments', headers });
  const answered = String(answer.headers['x-fapi-interaction-id']);

  expect(answer.statusCode).toBe(401);
  expect(answered).toMatch(/^[0-9a-f-]{36}$/);
  expect(answered === sent).toBe(isEchoed);
});
