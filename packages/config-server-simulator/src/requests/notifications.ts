/** Registers subscriptions to changes, and answers the history for clients that were away. */
import type { ConfMessage, MessageBody } from '@gatehouse/config-server-client/wire';
import type { ClientSession, Subscription } from '../connections/client-session.ts';
import { isKeptType } from '../objects/filters.ts';
import { RequestRefused } from '../objects/request-refused.ts';
import type { Change } from '../store/change-log.ts';
import { sendPages } from './pages.ts';
import type { ServerContext } from './server-context.ts';

/** Adds to the present subscriptions. The client is told of all changes after the answered history id. */
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

/** Without a list all subscriptions end. */
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

/** @throws RequestRefused HistoryExpired */
export async function readHistoryLog(
  { historyLog, sinceHistoryId }: MessageBody<'RequestHistoryLog'>,
  answer: (event: ConfMessage) => void,
  session: ClientSession,
  { store, limits }: ServerContext,
): Promise<void> {
  const changes = store.log.since(historyLog, sinceHistoryId).map(({ tenantDbid: _, ...entry }) => entry);
  const historyId = store.log.lastHistoryId;
  await sendPages(
    changes,
    (page) => answer({ name: 'EventHistoryLog', body: { changes: page } }),
    session,
    limits,
  );
  answer({ name: 'EventHistoryLogSent', body: { historyId } });
}

function isSameSubscription(a: Subscription, b: Subscription): boolean {
  return a.objectType === b.objectType && a.tenantDbid === b.tenantDbid && a.dbid === b.dbid;
}

/** The notification of a change. */
export function changeEvent(change: Change): ConfMessage {
  const { objectType, dbid, historyId } = change;
  switch (change.kind) {
    case 'created':
      return { name: 'EventObjectCreated', body: { objectType, dbid, object: change.object, historyId } };
    case 'updated':
      return { name: 'EventObjectUpdated', body: { objectType, dbid, delta: change.delta, historyId } };
    case 'deleted':
      return { name: 'EventObjectDeleted', body: { objectType, dbid, historyId } };
  }
}
