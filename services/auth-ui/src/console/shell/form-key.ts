/** Gives each form that is shown a random key, so that a form that is sent twice is done once: by `Idempotency-Key`, which Environment API keeps. */
import { createHmac } from 'node:crypto';
import { type HttpClient, type HttpRequest, withRequests } from '@gatehouse/api-client/http';
import { randomToken } from '@gatehouse/service-kit/crypto';
import type { FastifyRequest } from 'fastify';

export const formKeyField = 'formKey';

const keyForm = /^[\w-]{22}$/;
const keys = new WeakMap<FastifyRequest, string>();

export const newFormKey = (): string => randomToken(16);

/** Call it before the body is reduced to the fields of its schema. */
export function recordFormKey(request: FastifyRequest): void {
  const { [formKeyField]: sent } = (request.body ?? {}) as Record<string, unknown>;
  if (typeof sent === 'string' && keyForm.test(sent)) keys.set(request, sent);
}

/** Undefined for a page that was opened, and for a form that is no form of the shell. */
export function formKeyOf(request: FastifyRequest): string | undefined {
  return keys.get(request);
}

/**
 * Lets Environment API do a request once, however often it arrives; its other POSTs ignore the key.
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
