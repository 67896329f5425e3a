/** Sends the single requests that prepare a bench, and writes the forms that it repeats. */

export interface Tokens {
  access_token: string;
  refresh_token?: string;
}

export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

export function formOf(fields: Record<string, string>): string {
  return new URLSearchParams(fields).toString();
}

/** To a token endpoint. @throws Error with what was answered instead of success */
export async function sendForm(url: string, form: Record<string, string>, authorization: string) {
  return (await send(url, {
    method: 'POST',
    headers: { authorization },
    body: new URLSearchParams(form),
  })) as Tokens;
}

/** @throws Error with what was answered instead of success */
export async function sendJson(method: string, url: string, body: object, authorization?: string) {
  return send(url, {
    method,
    headers: { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) },
    body: JSON.stringify(body),
  });
}

async function send(url: string, request: RequestInit): Promise<unknown> {
  const answer = await fetch(url, request);
  if (!answer.ok) throw new Error(`${request.method} ${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
