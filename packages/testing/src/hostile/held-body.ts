/** Sends a request whose body comes when a test says so. */
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

interface Injectable {
  inject(request: {
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
    url: string;
    headers: Record<string, string>;
    payload: PassThrough;
  }): Promise<{ statusCode: number }>;
}

/** Resolves when the service has let the headers in and waits for the rest of the JSON; the function sends it and gives the status. */
export async function holdBody(
  app: Injectable,
  {
    body,
    authorization,
    ...request
  }: { method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'; url: string; authorization: string; body: object },
): Promise<() => Promise<number>> {
  const payload = new PassThrough();
  const text = JSON.stringify(body);
  payload.write(text.slice(0, 1));
  const headers = { authorization, 'content-type': 'application/json' };
  let isAnswered = false;
  const answer = app.inject({ ...request, headers, payload }).finally(() => {
    isAnswered = true;
  });
  // The first byte is taken when the body is read.
  while (payload.readableLength > 0 && !isAnswered) await sleep(5);
  if (isAnswered) throw new Error(`answered ${(await answer).statusCode} before the body came`);
  return async () => {
    payload.end(text.slice(1));
    return (await answer).statusCode;
  };
}
