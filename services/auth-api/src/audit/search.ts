/** Looks security events up: who signed in, who was refused and why, what one request left behind. */
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';
import { type AuditFilter, findAuditEvents, type StoredAuditEvent } from './store.ts';

export interface AuditPage {
  events: StoredAuditEvent[];
  /** Where the next page begins; undefined on the last one. */
  nextSeq: number | undefined;
}

export interface AuditSearch {
  /** Newest first, below `beforeSeq`; or, with `afterSeq`, oldest first: what came since. */
  find(filter: AuditFilter): Promise<AuditPage>;
}

export function createAuditSearch(db: Queryable): AuditSearch {
  return {
    async find(filter) {
      const found = await findAuditEvents(db, { ...filter, limit: filter.limit + 1 });
      const events = found.slice(0, filter.limit);
      return { events, nextSeq: found.length > filter.limit ? events.at(-1)?.seq : undefined };
    },
  };
}
