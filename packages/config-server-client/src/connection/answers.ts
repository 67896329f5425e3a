/** Collects the answers to one request: a single event, pages, or pages of typed objects. */

import { ConfigServerError } from '@gatehouse/people-directory';
import type { z } from 'zod';
import type { ConfMessage, MessageBody, MessageName } from '../wire/message.ts';
import type { AnswerCollector } from './exchange.ts';

/** Takes one event of this name. */
export function expectOne<Name extends MessageName>(name: Name): AnswerCollector<MessageBody<Name>> {
  return (answer) => {
    if (answer.name !== name) throw unexpectedAnswer(answer);
    return { done: true, value: answer.body as MessageBody<Name> };
  };
}

/** Takes pages named `page`, then one event named `last`. Yields nothing before the list is complete. */
export function expectPages<Page extends MessageName, Last extends MessageName>(
  page: Page,
  last: Last,
): AnswerCollector<{ pages: MessageBody<Page>[]; last: MessageBody<Last> }> {
  const pages: MessageBody<Page>[] = [];
  return (answer) => {
    if (answer.name === page) {
      pages.push(answer.body as MessageBody<Page>);
      return { done: false };
    }
    if (answer.name !== last) throw unexpectedAnswer(answer);
    return { done: true, value: { pages, last: answer.body as MessageBody<Last> } };
  };
}

/**
 * Takes pages of objects and checks each page as it comes, so that the end of a long list does not block other calls.
 * `isLimited`: the request asked for a part only. Errors: ProtocolViolation when objects are missing or do not fit the schema.
 */
export function expectObjects<Item>(schema: z.ZodType<Item>, isLimited = false): AnswerCollector<Item[]> {
  const items: Item[] = [];
  return (answer) => {
    if (answer.name === 'EventObjectsRead') {
      for (const object of answer.body.objects) items.push(parseObject(object, schema));
      return { done: false };
    }
    if (answer.name !== 'EventObjectsSent') throw unexpectedAnswer(answer);
    const { total, truncated } = answer.body;
    if ((truncated && !isLimited) || items.length !== total)
      throw unfitObjects(`${items.length} objects of ${total}, truncated: ${truncated}`);
    return { done: true, value: items };
  };
}

function parseObject<Item>(object: Record<string, unknown>, schema: z.ZodType<Item>): Item {
  const parsed = schema.safeParse(object);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw unfitObjects(`field ${issue?.path.join('.') ?? '?'}: ${issue?.code ?? 'invalid'}`);
}

function unfitObjects(detail: string): ConfigServerError {
  const message = 'the server answered objects that do not fit the object model';
  return new ConfigServerError('ProtocolViolation', message, { sent: true, detail });
}

function unexpectedAnswer(answer: ConfMessage): ConfigServerError {
  return new ConfigServerError('ProtocolViolation', 'the server gave an answer of the wrong kind', {
    sent: true,
    detail: answer.name,
  });
}
