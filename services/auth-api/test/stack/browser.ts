/** A browser as far as Auth API can tell: it keeps cookies and says where a form came from. */
import type { App } from '@gatehouse/service-kit/http';
import { publicUrl } from './auth-api.ts';

export interface Answer {
  status: number;
  location: string | undefined;
  headers: Record<string, string | string[] | number | undefined>;
  body: string;
  json(): unknown;
}

export interface Browser {
  readonly cookies: Map<string, string>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** A form of a page of our own origin, unless the headers say otherwise. */
  postForm(path: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Answer>;
  postJson(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  request(method: string, path: string, headers?: Record<string, string>, payload?: string): Promise<Answer>;
}

export function createBrowser(app: App, address = '203.0.113.7'): Browser {
  const cookies = new Map<string, string>();

  const request: Browser['request'] = async (method, path, headers = {}, payload) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await app.inject({
      method: method as 'GET',
      url: path.replace(publicUrl, ''),
      headers: { host: 'login.test', ...(cookie ? { cookie } : {}), ...headers },
      remoteAddress: address,
      ...(payload === undefined ? {} : { payload }),
    });
    for (const { name, value, maxAge } of response.cookies) {
      if (maxAge === 0 || value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    const { location } = response.headers;
    return {
      status: response.statusCode,
      location: typeof location === 'string' ? location : undefined,
      headers: response.headers,
      body: response.body,
      json: () => response.json(),
    };
  };

  return {
    cookies,
    request,
    get: (path, headers) => request('GET', path, headers),
    postForm: (path, fields, headers) =>
      request(
        'POST',
        path,
        { origin: publicUrl, 'content-type': 'application/x-www-form-urlencoded', ...headers },
        new URLSearchParams(fields).toString(),
      ),
    postJson: (path, body, headers) =>
      request(
        'POST',
        path,
        { origin: publicUrl, 'content-type': 'application/json', ...headers },
        JSON.stringify(body),
      ),
  };
}
