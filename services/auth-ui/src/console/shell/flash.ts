/** Tells on the next page what the last form did, and what of it does not work: a cookie holds the words, and is read once. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ownCookie } from '../../pages/own-cookie.ts';
import { isTextKey, type TextKey } from '../../texts/texts.ts';

const flashSchema = z.object({
  key: z.string().refine((key): key is TextKey => isTextKey(key) && key.startsWith('console.')),
  values: z.record(z.string(), z.string().max(200)).default({}),
  failures: z.array(z.string().max(300)).max(3).default([]),
});

export type Flash = z.output<typeof flashSchema>;

const maxValueLength = 200;
/** A cookie has about 4,000 bytes. */
const maxFailures = 3;
const maxFailureLength = 300;

const cookieAt = (publicUrl: string) => ownCookie(publicUrl, 'gatehouse-console-done');

export function leaveFlash(
  reply: FastifyReply,
  publicUrl: string,
  key: TextKey,
  values: Record<string, string> = {},
  failures: readonly string[] = [],
): void {
  const shortened = Object.entries(values).map(([name, value]) => [name, value.slice(0, maxValueLength)]);
  const content = JSON.stringify({
    key,
    values: Object.fromEntries(shortened),
    failures: failures.slice(0, maxFailures).map((failure) => failure.slice(0, maxFailureLength)),
  });
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
