/** Tells on the next page what the last form did: a cookie holds the key of the text, and is read once. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ownCookie } from '../../pages/own-cookie.ts';
import { isTextKey, type TextKey } from '../../texts/texts.ts';

const flashSchema = z.object({
  key: z.string().refine((key): key is TextKey => isTextKey(key) && key.startsWith('console.')),
  values: z.record(z.string(), z.string().max(200)).default({}),
});

export interface Flash {
  key: TextKey;
  values: Record<string, string>;
}

const maxValueLength = 200;

const cookieAt = (publicUrl: string) => ownCookie(publicUrl, 'gatehouse-console-done');

export function leaveFlash(
  reply: FastifyReply,
  publicUrl: string,
  key: TextKey,
  values: Record<string, string> = {},
): void {
  const shortened = Object.entries(values).map(([name, value]) => [name, value.slice(0, maxValueLength)]);
  const content = JSON.stringify({ key, values: Object.fromEntries(shortened) });
  cookieAt(publicUrl).write(reply, Buffer.from(content).toString('base64url'), { maxAge: 60 });
}

export function takeFlash(
  request: FastifyRequest,
  reply: FastifyReply,
  publicUrl: string,
): Flash | undefined {
  const cookie = cookieAt(publicUrl);
  const kept = cookie.read(request);
  if (kept === undefined) return undefined;
  cookie.clear(reply);
  try {
    return flashSchema.parse(JSON.parse(Buffer.from(kept, 'base64url').toString()));
  } catch {
    return undefined;
  }
}
