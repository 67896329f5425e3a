/** Tells on the next page what the last form did: a cookie holds the key of the text, and is read once. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
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

const nameOf = (publicUrl: string) =>
  `${publicUrl.startsWith('https:') ? '__Host-' : ''}gatehouse-console-done`;

export function leaveFlash(
  reply: FastifyReply,
  publicUrl: string,
  key: TextKey,
  values: Record<string, string> = {},
): void {
  const shortened = Object.entries(values).map(([name, value]) => [name, value.slice(0, maxValueLength)]);
  const content = JSON.stringify({ key, values: Object.fromEntries(shortened) });
  reply.setCookie(nameOf(publicUrl), Buffer.from(content).toString('base64url'), {
    path: '/',
    httpOnly: true,
    secure: publicUrl.startsWith('https:'),
    sameSite: 'lax',
    maxAge: 60,
  });
}

export function takeFlash(
  request: FastifyRequest,
  reply: FastifyReply,
  publicUrl: string,
): Flash | undefined {
  const kept = request.cookies[nameOf(publicUrl)];
  if (kept === undefined) return undefined;
  reply.clearCookie(nameOf(publicUrl), { path: '/', secure: publicUrl.startsWith('https:') });
  try {
    return flashSchema.parse(JSON.parse(Buffer.from(kept, 'base64url').toString()));
  } catch {
    return undefined;
  }
}
