/** Pages as typed objects. */
import type { z } from 'zod';
import { unexpectedAnswer } from './connection/answers.ts';
import type { AnswerCollector } from './connection/exchange.ts';
import { ConfigServerError } from './errors.ts';
import type { MessageBody } from './wire/message.ts';

export type ObjectSchema<Item> = z.ZodType<Item>;

/**
 * The objects of a complete list. Each page is checked as it comes, so that a long list does not keep other calls
 * waiting at its end. Errors: ProtocolViolation when the list is not the one that was announced, or an object breaks
 * the object model.
 */
export function expectObjects<Item>(schema: ObjectSchema<Item>): AnswerCollector<Item[]> {
  const items: Item[] = [];
  return (answer) => {
    if (answer.name === 'EventObjectsRead') {
      for (const object of answer.body.objects) items.push(parseObject(object, schema));
      return { done: false };
    }
    if (answer.name !== 'EventObjectsSent') throw unexpectedAnswer(answer);
    checkComplete(items.length, answer.body);
    return { done: true, value: items };
  };
}

function parseObject<Item>(object: Record<string, unknown>, schema: ObjectSchema<Item>): Item {
  const parsed = schema.safeParse(object);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw violation(`field ${issue?.path.join('.') ?? '?'}: ${issue?.code ?? 'invalid'}`);
}

function checkComplete(objects: number, { total, truncated }: MessageBody<'EventObjectsSent'>): void {
  if (truncated || objects !== total)
    throw violation(`${objects} objects of ${total}, truncated: ${truncated}`);
}

function violation(detail: string): ConfigServerError {
  const message = 'the server answered objects that do not fit the object model';
  return new ConfigServerError('ProtocolViolation', message, { sent: true, detail });
}
