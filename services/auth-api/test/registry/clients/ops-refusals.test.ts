/** Every status that the administration of clients can refuse with, by its outcome. */
import { basicAuthorization } from '@gatehouse/api-client/http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, ops, startAuthApi } from '../../stack/auth-api.ts';
import { createClient, token } from '../../stack/oauth.ts';

const path = '/auth/v3/ops/clients';

let stack: AuthApi;
beforeAll(async () => {
  stack = await startAuthApi();
  await createClient(stack, { client_id: 'known' });
});
afterAll(() => stack?.close());

interface Wrong {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url?: string;
  payload?: string;
  headers?: Record<string, string>;
  remoteAddress?: string;
}

function send({ method = 'GET', url = path, payload, headers = {}, remoteAddress }: Wrong) {
  return stack.app.inject({
    method,
    url,
    headers: {
      authorization: basicAuthorization(ops.username, ops.password),
      ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(payload === undefined ? {} : { payload }),
    ...(remoteAddress === undefined ? {} : { remoteAddress }),
  });
}

describe('a refusal says what is wrong, and its code is not 0', () => {
  it.each<[number, string, Wrong, string]>([
    [400, 'no JSON', { method: 'POST', payload: '{"data":' }, 'JSON'],
    [400, 'no body', { method: 'POST' }, 'body'],
    [400, 'a body that is not wrapped', { method: 'POST', payload: '{"client_id":"x"}' }, 'data'],
    [
      400,
      'another client id in the body',
      { method: 'PUT', url: `${path}/known`, payload: '{"data":{"client_id":"x"}}' },
      'client_id',
    ],
    // attack: NUL and lone surrogates in stored text | CWE-158, CWE-20 | guard: packages/contracts/src/values/text.ts
    [
      400,
      'a NUL',
      { method: 'POST', payload: '{"data":{"name":"a\\u0000b"}}' },
      'data.name: must not hold a NUL',
    ],
    [
      400,
      'half a character',
      { method: 'POST', payload: '{"data":{"description":"\\ud800"}}' },
      'data.description: must not hold half',
    ],
    [
      400,
      'a NUL in a list',
      { method: 'POST', payload: '{"data":{"authorities":["\\u0000"]}}' },
      'data.authorities.0: must not',
    ],
    [
      400,
      'a NUL in a key',
      { method: 'POST', payload: '{"data":{"jwks":{"keys":[{"kty":"EC","x":"\\u0000"}]}}}' },
      'x: must not hold a NUL',
    ],
    [
      400,
      'an operationId of two lines',
      { method: 'POST', payload: '{"data":{},"operationId":"a\\nb"}' },
      'operationId: must not hold control',
    ],
    [400, 'a NUL in the address', { url: `${path}/%00` }, 'NUL'],
    [404, 'a client that does not exist', { url: `${path}/nobody` }, 'nobody'],
    [404, 'a change of it', { method: 'PUT', url: `${path}/nobody`, payload: '{"data":{}}' }, 'nobody'],
    [404, 'its deletion', { method: 'DELETE', url: `${path}/nobody` }, 'nobody'],
    [404, 'its rotation', { method: 'POST', url: `${path}/nobody/rotate-secret` }, 'nobody'],
    [409, 'an id that is taken', { method: 'POST', payload: '{"data":{"client_id":"known"}}' }, 'taken'],
    [
      412,
      'a version that is over',
      { method: 'PUT', url: `${path}/known`, payload: '{"data":{}}', headers: { 'if-match': '"99"' } },
      'If-Match',
    ],
    [
      413,
      'a body that is too large',
      { method: 'POST', payload: JSON.stringify({ data: { name: 'x'.repeat(70_000) } }) },
      'larger',
    ],
    [
      415,
      'another media type',
      { method: 'POST', payload: 'data=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      'Content-Type',
    ],
  ])('%i for %s', async (status, _what, wrong, words) => {
    const answer = await send(wrong);

    expect(answer.statusCode).toBe(status);
    const body = answer.json<{ status: { code: number; message: string } }>();
    expect(body.status.code).toBe(status);
    expect(answer.body).toContain(words);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('401 for nobody, and for who is not the operator', async () => {
    for (const authorization of ['', 'Basic !!!', basicAuthorization(ops.username, 'wrong'), 'Digest x']) {
      const answer = await send({ headers: { authorization } });
      expect([answer.statusCode, answer.json()]).toEqual([
        401,
        { error: 'Unauthorized', error_description: 'Bad credentials' },
      ]);
    }
    const token = await send({ headers: { authorization: 'Bearer made-up' } });
    expect([token.statusCode, token.json<{ error: string }>().error]).toEqual([401, 'invalid_token']);
  });

  it('403 for a token without the authority', async () => {
    const client = await createClient(stack);
    const { access_token } = (await token(stack, client, { grant_type: 'client_credentials' })).json();

    const answer = await send({ headers: { authorization: `Bearer ${access_token}` } });

    expect([answer.statusCode, answer.body]).toEqual([
      403,
      expect.stringContaining('ROLE_MANAGEMENT_APPLICATION'),
    ]);
  });

  it('429 with the time to wait for who guesses', async () => {
    const guess = (index: number) =>
      send({
        headers: { authorization: basicAuthorization(ops.username, `guess-${index}`) },
        remoteAddress: '203.0.113.77',
      });
    const answers = await Promise.all(Array.from({ length: 30 }, (_, index) => guess(index)));
    const last = answers.find(({ statusCode }) => statusCode === 429) ?? (await guess(30));

    expect(last.statusCode).toBe(429);
    expect(Number(last.headers['retry-after'])).toBeGreaterThan(0);
  });
});
