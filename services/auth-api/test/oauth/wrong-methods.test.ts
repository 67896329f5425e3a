/** RFC 9110 section 15.5.6: a method that an endpoint has not, by whomever it is asked for. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, contactCenterId, startAuthApi } from '../stack/auth-api.ts';

let stack: AuthApi;

beforeAll(async () => {
  stack = await startAuthApi();
});
afterAll(() => stack?.close());

const ask = async (method: string, url: string, headers = {}) => {
  const answer = await stack.app.inject({ method: method as 'GET', url: `/auth/v3${url}`, headers });
  return { status: answer.statusCode, allow: answer.headers.allow, answer };
};

describe('a method that an endpoint has not', () => {
  it.each([
    ['GET', '/oauth/token', 'POST'],
    ['GET', '/oauth/introspect', 'POST'],
    ['DELETE', '/oauth/revoke', 'POST'],
    ['GET', '/oauth/par', 'POST'],
    ['POST', '/oauth/jwks', 'GET, HEAD'],
    ['PUT', '/userinfo', 'GET, HEAD'],
    ['DELETE', '/openid/userinfo', 'GET, HEAD, POST'],
    ['DELETE', '/oauth/authorize', 'GET, HEAD, POST'],
    ['PATCH', '/ops/clients', 'GET, HEAD, POST'],
    ['POST', '/ops/clients/some-client', 'DELETE, GET, HEAD, PUT'],
    ['GET', `/saml/${contactCenterId}/-/acs`, 'POST'],
  ])('%s %s is answered 405 and Allow: %s', async (method, url, allow) => {
    expect(await ask(method, url)).toMatchObject({ status: 405, allow });
  });

  it('is told in the format of the endpoint', async () => {
    expect((await ask('GET', '/oauth/token')).answer.json()).toMatchObject({ error: 'invalid_request' });
    expect((await ask('PATCH', '/ops/clients')).answer.json()).toMatchObject({ status: { code: 405 } });
    const page = await ask('DELETE', '/oauth/authorize', { accept: 'text/html' });
    expect(page.answer.headers['content-type']).toContain('text/html');
  });

  it('75: does not tell of what is switched off', async () => {
    expect(await ask('GET', '/oauth/register')).toMatchObject({ status: 404, allow: undefined });
    expect(await ask('POST', '/oauth/register')).toMatchObject({ status: 404, allow: undefined });
  });
});
