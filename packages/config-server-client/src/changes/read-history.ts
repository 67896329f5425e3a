/** Reads the person changes that were missed from the history of the server. */
import { isConfigServerError, type PersonChange } from '@gatehouse/people-directory';
import { expectPages } from '../connection/answers.ts';
import type { Channel } from '../connection/channel.ts';
import type { ExchangeLimits } from '../connection/exchange.ts';
import type { SparseWarning } from '../surroundings/log.ts';
import type { ConfMessage, MessageBody } from '../wire/message.ts';
import { toPersonChange } from './person-change.ts';

/** The last known change of a history log. */
export interface Position {
  historyLog: string;
  historyId: number;
}

/** A longer history costs more than reading everything again. */
const maxHistoryBytes = 32 * 1024 * 1024;

/** The changes since the position, or `unknown` when the history does not hold them. Errors: those that may pass. */
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
      { ...limits, answerBytes: maxHistoryBytes },
    );
    return pages.flatMap((page) => toChanges(page, unreadable));
  } catch (error) {
    // A repetition would be refused again, or be unreadable again.
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
