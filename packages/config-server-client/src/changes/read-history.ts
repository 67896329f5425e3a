/** What happened while nobody listened, as far as the server still knows. */
import type { PersonChange } from '../backend.ts';
import { expectPages } from '../connection/answers.ts';
import type { Channel } from '../connection/channel.ts';
import type { ExchangeLimits } from '../connection/exchange.ts';
import { isConfigServerError } from '../errors.ts';
import type { SparseWarning } from '../log.ts';
import type { ConfMessage, MessageBody } from '../wire/message.ts';
import { toPersonChange } from './person-change.ts';

/** Up to where the history is known, and of which log. */
export interface Position {
  historyLog: string;
  historyId: number;
}

/** A history that is longer costs more than reading everything again. */
const historyBytesMax = 16 * 1024 * 1024;

/** The changes of persons since then; `unknown` when the history cannot tell. Errors: those that may be gone at the next try. */
export async function readHistory(
  channel: Channel,
  { historyLog, historyId: sinceHistoryId }: Position,
  limits: ExchangeLimits,
  unreadable: SparseWarning,
): Promise<PersonChange[] | 'unknown'> {
  try {
    const { pages } = await channel.exchange(
      { name: 'RequestHistoryLog', body: { historyLog, sinceHistoryId } },
      expectPages('EventHistoryLog', 'EventHistoryLogSent'),
      { ...limits, answerBytes: historyBytesMax },
    );
    return pages.flatMap((page) => toChanges(page, unreadable));
  } catch (error) {
    // What is refused or cannot be read today will be so tomorrow.
    if (isConfigServerError(error) && !error.retryable && error.code !== 'Aborted') return 'unknown';
    throw error;
  }
}

function toChanges(page: MessageBody<'EventHistoryLog'>, unreadable: SparseWarning): PersonChange[] {
  const names = {
    created: 'EventObjectCreated',
    updated: 'EventObjectUpdated',
    deleted: 'EventObjectDeleted',
  } as const;
  return page.changes.flatMap(({ kind, ...body }) => {
    const change = toPersonChange({ name: names[kind], body } as ConfMessage, unreadable);
    return change === undefined ? [] : [change];
  });
}
