/** Subscriptions to changes, and the history for those who were away. */
import type { ConfMessage, MessageBody } from '@gatehouse/config-server-client/wire/message';
import { isKeptType } from '../../store/filters.ts';
import { historyEntry } from '../change-events.ts';
import type { ClientSession } from '../client-session.ts';
import { RequestRefused } from '../request-refused.ts';
import type { ServerContext } from '../server-context.ts';
import { isSameSubscription } from '../subscription.ts';
import { sendPages } from './pages.ts';

/** Adds to the subscriptions there are. The answered history id is the last change that will not be told. */
export function registerNotification(
  { subscriptions }: MessageBody<'RequestRegisterNotification'>,
  answer: (event: ConfMessage) => void,
  session: ClientSession,
  { store, limits }: ServerContext,
): void {
  for (const { objectType } of subscriptions) {
    if (!isKeptType(objectType))
      throw new RequestRefused('Unsupported', 'objects of this type are not kept', { objectType });
  }
  const added = subscriptions.filter(
    (wanted) => !session.subscriptions.some((known) => isSameSubscription(known, wanted)),
  );
  if (session.subscriptions.length + added.length > limits.subscriptions) {
    throw new RequestRefused('Overloaded', `more than ${limits.subscriptions} subscriptions`, {
      retryable: false,
    });
  }
  session.subscriptions = [...session.subscriptions, ...added];
  answer({ name: 'EventNotificationRegistered', body: { historyId: store.log.lastHistoryId } });
}

/** Without a list everything ends. */
export function unregisterNotification(
  { subscriptions }: MessageBody<'RequestUnregisterNotification'>,
  answer: (event: ConfMessage) => void,
  session: ClientSession,
): void {
  session.subscriptions =
    subscriptions === undefined
      ? []
      : session.subscriptions.filter(
          (known) => !subscriptions.some((ended) => isSameSubscription(known, ended)),
        );
  answer({ name: 'EventNotificationUnregistered', body: {} });
}

/** Errors: HistoryExpired. */
export async function readHistoryLog(
  { historyLog, sinceHistoryId }: MessageBody<'RequestHistoryLog'>,
  answer: (event: ConfMessage) => void,
  session: ClientSession,
  { store, limits }: ServerContext,
): Promise<void> {
  const changes = store.log.since(historyLog, sinceHistoryId).map(historyEntry);
  const historyId = store.log.lastHistoryId;
  await sendPages(
    changes,
    (page) => answer({ name: 'EventHistoryLog', body: { changes: page } }),
    session,
    limits,
  );
  answer({ name: 'EventHistoryLogSent', body: { historyId } });
}
