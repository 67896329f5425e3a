/** `/audit`, as administrators call it. */
import { z } from 'zod';
import { readRows } from '../../administration-calls.ts';
import { reshipAnswer, type VerifiedDay, verifyAnswer } from '../../audit-chain.ts';
import type { HttpClient } from '../../http-client.ts';
import { apiPath } from './api-path.ts';

export const auditEntrySchema = z.object({
  id: z.int(),
  at: z.string().describe('ISO 8601, UTC.'),
  actor: z.object({ kind: z.string(), name: z.string() }),
  action: z.string(),
  entity: z.string(),
  entityId: z.string(),
  contactCenterId: z.string().optional(),
  requestId: z.string(),
  clientAddress: z.string().optional().describe('Where the change came from.'),
  operationId: z.string().optional(),
  changes: z
    .record(z.string(), z.object({ from: z.unknown().optional(), to: z.unknown().optional() }))
    .describe(
      'Per field the value before and after; of a secret only that it changed. Of a setting per location.',
    ),
});

/** A type and no interface: it is a query as it stands. */
export type AuditFilter = {
  entity?: string;
  entityId?: string;
  contactCenterId?: string;
  actor?: string;
  requestId?: string;
  from?: string;
  to?: string;
};

/** The newest entries first, at most so many. @throws UpstreamError */
export function listAudit(http: HttpClient, filter: AuditFilter, most: number): Promise<AuditEntry[]> {
  return readRows(http, auditEntrySchema, `${apiPath}/audit`, filter, most);
}

export type AuditEntry = z.infer<typeof auditEntrySchema>;

/** Whether the record of configuration changes is whole. @throws UpstreamError */
export async function verifyConfigurationTrail(
  http: HttpClient,
  query: { from?: string | undefined; to?: string | undefined },
): Promise<VerifiedDay[]> {
  return (await http.read(verifyAnswer, { method: 'GET', path: `${apiPath}/audit/verify`, query })).data;
}

/** How many of the changes that Elasticsearch refused it takes now. @throws UpstreamError */
export async function reshipConfigurationTrail(http: HttpClient): Promise<number> {
  return (await http.read(reshipAnswer, { method: 'POST', path: `${apiPath}/audit/reship` })).data.taken;
}
