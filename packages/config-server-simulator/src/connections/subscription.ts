/** Matches changes with the subscriptions of a session. */
import type { MessageBody } from '@gatehouse/config-server-client/wire/message';
import type { Change } from '../store/change-log.ts';

export type Subscription = MessageBody<'RequestRegisterNotification'>['subscriptions'][number];

export function wants(subscriptions: readonly Subscription[], change: Change): boolean {
  return subscriptions.some(
    ({ objectType, tenantDbid, dbid }) =>
      objectType === change.objectType &&
      (tenantDbid === undefined || tenantDbid === change.tenantDbid) &&
      (dbid === undefined || dbid === change.dbid),
  );
}

export function isSameSubscription(a: Subscription, b: Subscription): boolean {
  return a.objectType === b.objectType && a.tenantDbid === b.tenantDbid && a.dbid === b.dbid;
}
