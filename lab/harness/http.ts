/** Sends the requests of the load and says how each was answered. */

export interface Answer {
  /** 0: there was no answer in time, or the connection broke. */
  status: number;
  /** Parsed JSON, or undefined. */
  body: Record<string, unknown> | undefined;
  requestId: string;
  /** Why there was no answer, in the words of the connection. */
  error?: string;
  /** Why earlier sendings of the same request had no answer. */
  repeatedAfter?: string[];
}

export type Http = (path: string, request?: Request) => Promise<Answer>;

export interface Request {
  method?: string;
  authorization?: string;
  form?: Record<string, string>;
  json?: unknown;
}

/** Longer than any dependency is waited for. */
const timeoutMs = 15_000;

export function createHttp(publicUrl: string): Http {
  return async (path, { method, authorization, form, json } = {}) => {
    const hasBody = form !== undefined || json !== undefined;
    const headers = new Headers();
    if (authorization !== undefined) headers.set('authorization', authorization);
    if (json !== undefined) headers.set('content-type', 'application/json');
    try {
      const response = await fetch(publicUrl + path, {
        method: method ?? (hasBody ? 'POST' : 'GET'),
        headers,
        body:
          json === undefined ? (form === undefined ? null : new URLSearchParams(form)) : JSON.stringify(json),
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await response.text();
      return {
        status: response.status,
        body: parsed(text),
        requestId: response.headers.get('x-request-id') ?? '',
      };
    } catch {
      return { status: 0, body: undefined, requestId: '' };
    }
  };
}

export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

export function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
