/** Lets Environment API do a request once, however often it arrives: by `Idempotency-Key`, which its other POSTs ignore. */
import { createHmac } from 'node:crypto';
import { type HttpClient, type HttpRequest, withRequests } from '@gatehouse/api-client/http';

/**
 * `secret`: random, of one form. The same form sent twice has the same keys; corrected and sent again it has others, because
 * each key is that of one content. Nobody learns the content from a key, such as a password that is in it.
 */
export function onceEach(http: HttpClient, secret: string): HttpClient {
  return withRequests(http, (request) =>
    request.method === 'POST'
      ? { ...request, headers: { ...request.headers, 'idempotency-key': keyOf(request, secret) } }
      : request,
  );
}

function keyOf({ path, url, json, form, content }: HttpRequest, secret: string): string {
  const mac = createHmac('sha256', secret).update(JSON.stringify([path, url, json, form, content?.type]));
  return mac.update(content?.text ?? '').digest('base64url');
}
