/** Tells on the next page what the last form did, what of it does not work, and where a deletion is undone: a cookie holds the words, and is read once. */
import { consolePath } from '@gatehouse/contracts/auth-api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ownCookie } from '../../pages/own-cookie.ts';
import { isTextKey, type TextKey } from '../../texts/texts.ts';

export const deletedPath = `${consolePath}/deleted`;

/** The thing that was deleted, by the id that it had. */
const undoSchema = z.object({
  kind: z.enum(['client', 'environment', 'contact-center', 'person']),
  id: z.string().max(255),
});

export type Undo = z.output<typeof undoSchema>;

export const undoAddress = ({ kind, id }: Undo) => `${deletedPath}/undo/${kind}/${encodeURIComponent(id)}`;

const textKey = z.string().refine((key): key is TextKey => isTextKey(key) && key.startsWith('console.'));

const flashSchema = z.object({
  key: textKey,
  values: z.record(z.string(), z.string().max(200)).default({}),
  notes: z.object({ key: textKey, lines: z.array(z.string().max(300)).max(3) }).optional(),
  undo: undoSchema.optional(),
  /** Nothing was done, and the message says why. */
  isRefusal: z.literal(true).optional(),
});

export type Flash = z.output<typeof flashSchema>;

const maxValueLength = 200;
/** A cookie has about 4,000 bytes. */
const maxLines = 3;
const maxLineLength = 300;

const cookieAt = (publicUrl: string) => ownCookie(publicUrl, 'gatehouse-console-done');

export function leaveFlash(
  reply: FastifyReply,
  publicUrl: string,
  key: TextKey,
  values: Record<string, string> = {},
  { notes, undo, isRefusal }: Partial<Pick<Flash, 'notes' | 'undo' | 'isRefusal'>> = {},
): void {
  const shortened = Object.entries(values).map(([name, value]) => [name, value.slice(0, maxValueLength)]);
  const content = JSON.stringify({
    key,
    values: Object.fromEntries(shortened),
    ...(notes && {
      notes: { ...notes, lines: notes.lines.slice(0, maxLines).map((line) => line.slice(0, maxLineLength)) },
    }),
    undo,
    isRefusal,
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
