/** Calls to the authorization server, each noted for the list on the page. */
import type { Call, Visit } from './visits.ts';

export interface Credentials {
  id: string;
  secret: string;
}

/** A form post with HTTP Basic. */
export function post(
  url: string,
  { id, secret }: Credentials,
  parameters: Record<string, string>,
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
    body: new URLSearchParams(parameters),
  });
}

/** Makes the call, notes it for the page and returns its JSON; an OAuth error is thrown in its own words. */
export async function record(
  visit: Visit,
  what: string,
  method: string,
  url: string,
  work: () => Promise<Response>,
): Promise<Record<string, unknown>> {
  const startedAtMs = performance.now();
  const response = await work();
  const body = (await response.json()) as Record<string, unknown>;
  note(visit, { what, request: `${method} ${new URL(url).pathname}`, status: response.status, startedAtMs });
  if (!response.ok) throw new Error(`${body['error']}: ${body['error_description'] ?? 'no description'}`);
  return body;
}

/** The same for calls that the OAuth library makes itself. */
export async function timed<T>(
  visit: Visit,
  what: string,
  method: string,
  url: string,
  work: () => Promise<T>,
): Promise<T> {
  const startedAtMs = performance.now();
  const entry = { what, request: `${method} ${new URL(url).pathname}`, startedAtMs };
  try {
    const result = await work();
    note(visit, { ...entry, status: 200 });
    return result;
  } catch (error) {
    const { output, data } = error as {
      output?: { statusCode?: number };
      data?: { payload?: Record<string, unknown> };
    };
    note(visit, { ...entry, status: output?.statusCode ?? 0 });
    const payload = data?.payload;
    throw payload?.['error'] ? new Error(`${payload['error']}: ${payload['error_description']}`) : error;
  }
}

function note(visit: Visit, call: Omit<Call, 'durationMs'> & { startedAtMs: number }): void {
  const { startedAtMs, ...rest } = call;
  visit.calls.unshift({ ...rest, durationMs: performance.now() - startedAtMs });
  visit.calls.length = Math.min(visit.calls.length, 12);
}
