/** Writes the audit trail with every change, and lists the rows that a caller may read. */
import { cutPage, type Page, type Rows } from '@gatehouse/service-kit/http';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { type Caller, mayRead, readableIds } from '../access/caller.ts';
import { namesOfChanged } from './names.ts';
import { type AuditFilter, type AuditRow, appendAudit, listAudit } from './store.ts';

export type AuditQuery = Omit<AuditFilter, 'contactCenterIds'> & { contactCenterId: string | undefined };

export type AuditService = ReturnType<typeof createAuditService>;

export function createAuditService(db: Queryable) {
  return {
    /** Takes the client of the change's transaction. */
    append: appendAudit,
    /** Newest first; a bound caller gets the rows of its contact centres. */
    async list(
      caller: Caller,
      { contactCenterId, ...filter }: AuditQuery,
      page: Page,
    ): Promise<Rows<AuditRow>> {
      if (contactCenterId !== undefined && !mayRead(caller, contactCenterId)) {
        return { rows: [], nextCursor: undefined };
      }
      const contactCenterIds = contactCenterId === undefined ? readableIds(caller) : [contactCenterId];
      const rows = await listAudit(db, { ...filter, contactCenterIds }, page);
      return cutPage(rows, page.limit, (row) => row.id);
    },
    /** In the order of the rows. */
    names: (rows: readonly AuditRow[]) =>
      namesOfChanged(
        db,
        rows.map(({ entityId: id, ...row }) => ({ ...row, id })),
      ),
  };
}
