/** Serves `/auth/v3/ops/audit/export`: security events as a file. */
import { errorEnvelope, rowExportAnswer, securityError } from '@gatehouse/contracts/answers';
import { type App, sendRows } from '@gatehouse/service-kit/http';
import { actorOf } from '../../core/administration/actor.ts';
import type { Audit } from '../../records/audit/compose.ts';
import { auditExportQuerySchema, filterOf, isBeyond } from '../../records/audit/schemas.ts';
import { viewOf } from '../../records/audit/view.ts';
import { helpDeskEventOf } from '../help-desk/events.ts';
import type { createEventNames, NamedEvent } from './names.ts';

interface AuditExportOptions extends Pick<Audit, 'search' | 'writer'> {
  named: ReturnType<typeof createEventNames>;
}

export function auditExportRoute(app: App, { search, writer, named }: AuditExportOptions): void {
  app.get(
    '',
    {
      schema: {
        tags: ['audit'],
        operationId: 'exportSecurityEvents',
        summary: 'Security events as a file, newest first: one JSON object per line, or CSV',
        description:
          'Read page by page: an export of any length costs the service no more memory than a page. Names stand beside identifiers where they are known: `personName`, `actorName`, `clientName`, `contactCenterName`.',
        querystring: auditExportQuerySchema,
        response: { 200: rowExportAnswer, 400: errorEnvelope, 401: securityError, 403: errorEnvelope },
      },
    },
    async (request, reply) => {
      const { before, format, limit, ...query } = request.query;
      const actor = actorOf(request);
      const { within } = actor;
      const filter = filterOf(query, within);
      const read = async (last: NamedEvent | undefined, size: number) => {
        if (isBeyond(within, filter)) return [];
        const { events } = await search.find({ ...filter, beforeSeq: last?.seq ?? before, limit: size });
        return named(events.map(viewOf), within);
      };
      const { contactCenterId } = filter;
      const fields = { purpose: 'export' };
      await writer.write(helpDeskEventOf('access_inspected', actor, { contactCenterId, fields }));
      return sendRows(reply, { format, limit, columns, read, fileName: 'security-events' });
    },
  );
}

/** New ones stand at the end: programs count the columns. */
const names = [
  ...(['seq', 'at', 'name', 'outcome', 'correlationId', 'sub', 'clientId', 'contactCenterId'] as const),
  ...(['sid', 'clientAddress', 'fields', 'id'] as const),
  ...(['personName', 'actorName', 'clientName', 'contactCenterName'] as const),
];
const columns = names.map((name) => ({ name, value: (event: NamedEvent) => event[name] }));
