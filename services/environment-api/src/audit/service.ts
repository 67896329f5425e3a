/** The audit trail: written with every change, read by whoever may read what it is about. */

import { cutPage, type Page, type Rows } from '@gatehouse/service-kit/http/page';
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';
import { type Caller, mayRead, readableIds } from '../access/caller.ts';
import type { AuditEntry } from './entry.ts';
import { type AuditRow, appendAudit, listAudit } from './store.ts';

export interface AuditQuery {
  entity: string | undefined;
  entityId: string | undefined;
  contactCenterId: string | undefined;
  actor: string | undefined;
  requestId: string | undefined;
  fromMs: number | undefined;
  toMs: number | undefined;
}

export interface AuditService {
  /** In the transaction of the change. */
  append(db: Queryable, entry: AuditEntry): Promise<void>;
  /** Newest first; of bound callers only the rows of their contact centres. */
  list(caller: Caller, query: AuditQuery, page: Page): Promise<Rows<AuditRow>>;
}

export function createAuditService(db: Queryable): AuditService {
  return {
    append: appendAudit,
    async list(caller, { contactCenterId, ...filter }, page) {
      if (contactCenterId !== undefined && !mayRead(caller, contactCenterId)) {
        return { rows: [], nextCursor: undefined };
      }
      const contactCenterIds = contactCenterId === undefined ? readableIds(caller) : [contactCenterId];
      const rows = await listAudit(db, { ...filter, contactCenterIds }, page);
      return cutPage(rows, page.limit, (row) => row.id);
    },
  };
}
