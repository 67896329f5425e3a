/** How answers are gathered: exactly one event, or pages up to the event that ends the list. */
import { ConfigServerError } from '../errors.ts';
import type { ConfMessage, MessageBody, MessageName } from '../wire/message.ts';
import type { AnswerCollector } from './exchange.ts';

/** The request is answered by one event of this name. */
export function expectOne<Name extends MessageName>(name: Name): AnswerCollector<MessageBody<Name>> {
  return (answer) => {
    if (answer.name !== name) throw unexpectedAnswer(answer);
    return { done: true, value: answer.body as MessageBody<Name> };
  };
}

/** Pages of `page`, then one `last`. Nothing of the list is given out before it is complete. */
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

export function unexpectedAnswer(answer: ConfMessage): ConfigServerError {
  return new ConfigServerError('ProtocolViolation', 'the server gave an answer of the wrong kind', {
    sent: true,
    detail: answer.name,
  });
}
