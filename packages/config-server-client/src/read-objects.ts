/** Complete pages as typed objects. */
import type { z } from 'zod';
import { ConfigServerError } from './errors.ts';
import type { MessageBody } from './wire/message.ts';

export type ObjectSchema<Item> = z.ZodType<Item>;

/** Errors: ProtocolViolation when the list is not the one that was announced, or an object breaks the object model. */
export function parseObjects<Item>(
  pages: MessageBody<'EventObjectsRead'>[],
  last: MessageBody<'EventObjectsSent'>,
  schema: ObjectSchema<Item>,
): Item[] {
  const objects = pages.flatMap((page) => page.objects);
  if (last.truncated || objects.length !== last.total) {
    throw violation(`${objects.length} objects of ${last.total}, truncated: ${last.truncated}`);
  }
  return objects.map((object) => {
    const parsed = schema.safeParse(object);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw violation(`field ${issue?.path.join('.') ?? '?'}: ${issue?.code ?? 'invalid'}`);
  });
}

function violation(detail: string): ConfigServerError {
  const message = 'the server answered objects that do not fit the object model';
  return new ConfigServerError('ProtocolViolation', message, { sent: true, detail });
}
