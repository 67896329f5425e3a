/** Gives each form that is shown a random key, so that a form that is sent twice is done once. */
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
