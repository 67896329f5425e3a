/** Knows all receivers of shared signals, so that no signal needs a query to find out that nobody listens. */
import type { Logger } from '@gatehouse/service-kit/observability';
import type { Pool } from '@gatehouse/service-kit/postgres';
import { listReceivers, type Receiver } from './receiver-store.ts';
import type { Signal } from './signal.ts';

export function createKnownReceivers(pool: Pool, log: Logger) {
  let known: readonly Receiver[] = [];
  const reload = async () => {
    known = await listReceivers(pool);
  };
  return {
    reload,
    /** After changes by other replicas. */
    follow(): void {
      reload().catch((error) => log.warn({ err: error }, 'the receivers of signals could not be read again'));
    },
    hasAny: () => known.length > 0,
    find: (id: string): Receiver | undefined => known.find((receiver) => receiver.id === id),
    /** Whether somebody must be told where the person belongs to. */
    hasLimited: () => known.some(({ contactCenterIds }) => contactCenterIds.length > 0),
    /** Those that may learn of the signal: a receiver of other contact centres must not. */
    of: (signal: Signal, contactCenterIds: readonly string[]): Receiver[] =>
      known.filter(
        (receiver) =>
          receiver.events.includes(signal.event) &&
          (receiver.contactCenterIds.length === 0 ||
            receiver.contactCenterIds.some((id) => contactCenterIds.includes(id))),
      ),
  };
}
