/** What a page of an origin gets from the APIs, as far as Auth API can tell. */
import type { App } from '@gatehouse/service-kit/http';

export interface Called {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

/** The routes that programs in browsers call; the answer without credentials is an error that they can read. */
export const guardedRoutes = [
  ['POST', '/auth/v3/oauth/token'],
  ['POST', '/auth/v3/oauth/introspect'],
  ['POST', '/auth/v3/oauth/revoke'],
  ['GET', '/auth/v3/userinfo'],
  ['GET', '/auth/v3/jwt-userinfo'],
  ['GET', '/auth/v3/oauth/convert-token'],
  ['GET', '/auth/v3/openid/userinfo'],
  ['POST', '/auth/v3/openid/userinfo'],
  ['GET', '/auth/v3/ping'],
  ['GET', '/auth/v3/sessions'],
  ['DELETE', '/auth/v3/sessions/some-session'],
] as const;

/** Routes that pages of ours call with a cookie, and pages of other origins with a token. */
export const tokenRoutes = [
  ['POST', '/auth/v3/sign-out'],
  ['POST', '/auth/v3/change-password'],
] as const;

/** Those of them that only pages of global origins may ask for. */
export const operatorRoutes = [
  ['GET', '/auth/v3/ops/clients'],
  ['POST', '/auth/v3/ops/clients'],
  ['PUT', '/auth/v3/ops/clients/some-client'],
  ['DELETE', '/auth/v3/ops/clients/some-client'],
  ['POST', '/auth/v3/ops/clients/some-client/rotate-secret'],
] as const;

export async function call(
  app: App,
  method: string,
  url: string,
  headers: Record<string, string> = {},
): Promise<Called> {
  const form = method === 'POST' && !url.includes('/ops/');
  const response = await app.inject({
    method: method as 'GET',
    url,
    headers: {
      host: 'login.test',
      ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      ...headers,
    },
    ...(form ? { payload: '' } : {}),
  });
  return { status: response.statusCode, headers: response.headers, body: response.body };
}

export async function callJson(
  app: App,
  url: string,
  { origin, token, body = {} }: { origin: string; token?: string; body?: object },
): Promise<Called> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await app.inject({
    method: 'POST',
    url,
    headers: { host: 'login.test', origin, 'sec-fetch-site': 'cross-site', ...authorization },
    payload: body,
  });
  return { status: response.statusCode, headers: response.headers, body: response.body };
}

/** What a browser asks before a request that is not simple (Fetch standard, section 3.2). */
export function preflight(app: App, method: string, url: string, origin: string): Promise<Called> {
  return call(app, 'OPTIONS', url, {
    origin,
    'access-control-request-method': method,
    'access-control-request-headers': 'authorization',
    'sec-fetch-site': 'cross-site',
  });
}
