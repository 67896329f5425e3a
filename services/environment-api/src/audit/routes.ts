/** Routes below `/audit`: list the audit trail, verify its hash chain, ship again what a destination refused. */

import type { AuditWorker } from '@gatehouse/audit-trail/worker';
import {
  auditDaysQuery,
  nextCursorSchema,
  reshipAnswer,
  retentionAnswer,
  rowExportAnswer,
  rowExportFields,
  successStatus,
  verifyAnswer,
} from '@gatehouse/contracts/answers';
import { auditEntrySchema } from '@gatehouse/contracts/environment-administration';
import { environmentEntities } from '@gatehouse/contracts/environment-api';
import { definedOnly, idSchema, label } from '@gatehouse/contracts/values';
import type { ChangeLog } from '@gatehouse/service-kit/changes';
import { type Region, requireWritable } from '@gatehouse/service-kit/config';
import { type App, ok, ordinalKey, pageQuery, readPage, sendRows } from '@gatehouse/service-kit/http';
import type { Logger } from '@gatehouse/service-kit/observability';
import type { DeletionBounds } from '@gatehouse/service-kit/postgres';
import { z } from 'zod';
import { failures, listEtagOf, sendUnchanged } from '../answers.ts';
import type { AuditService } from './service.ts';
import { type AuditAnswer, columns, namedRows } from './view.ts';

const time = z.iso
  .datetime({ offset: true, message: 'must be a time such as 2027-01-31T12:00:00Z' })
  .transform(Date.parse)
  .optional();

const idBefore = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional();

const filters = {
  entity: z.enum(environmentEntities).optional(),
  entityId: label()
    .optional()
    .describe('Id of the environment or contact centre, name of the setting, path of the location.'),
  contactCenterId: idSchema.optional(),
  // Everybody who has one user name, by `sub`: at many contact centres there is an `admin`.
  actor: label(4_096)
    .optional()
    .describe(
      'Who changed it, in any case: the operator account, a client id, or the `sub` of a person. Several are separated by commas.',
    ),
  requestId: label().optional().describe('The correlation id of the request.'),
  from: time.describe('Not before this time.'),
  to: time.describe('Before this time.'),
};

const auditQuery = z.object({
  ...pageQuery(100),
  ...filters,
  before: idBefore.describe('Only rows that are older than the one with this `id`. Replaces `cursor`.'),
});
const exportQuery = z.object({
  ...filters,
  before: idBefore.describe('Only earlier rows: `id` of the last one of an export that was cut.'),
  ...rowExportFields,
});

const auditList = { data: z.array(auditEntrySchema), nextCursor: nextCursorSchema };

interface AuditRouteOptions {
  audit: AuditService;
  auditWorker: AuditWorker;
  changeLog: ChangeLog;
  bounds: DeletionBounds;
  region: Region;
  log: Logger;
}

export function auditRoutes(api: App, options: AuditRouteOptions): void {
  readRoutes(api, options);
  verifyRoute(api, options);
  retentionRoutes(api, options);
  reshipRoute(api, options);
}

type Options<Name extends keyof AuditRouteOptions> = Pick<AuditRouteOptions, Name>;

function readRoutes(api: App, { audit, changeLog }: Options<'audit' | 'changeLog'>): void {
  api.get(
    '',
    {
      schema: {
        tags: ['audit'],
        operationId: 'listAudit',
        summary: 'Changes of configuration data, newest first',
        querystring: auditQuery,
        response: { 200: z.object({ status: successStatus, ...auditList }), ...failures },
      },
    },
    async (request, reply) => {
      const { before, ...asked } = request.query;
      const page = { ...readPage(asked, ordinalKey), ...definedOnly({ after: before?.toString() }) };
      // Every change has an audit row, so the number of the newest change shows whether there is a new row.
      if (sendUnchanged(request, reply, listEtagOf(await changeLog.latest()))) return reply as never;
      const { rows, nextCursor } = await audit.list(request.caller, filterOf(request.query), page);
      return { ...ok(await namedRows(audit, rows)), nextCursor };
    },
  );

  api.get(
    '/export',
    {
      schema: {
        tags: ['audit'],
        operationId: 'exportAudit',
        summary: 'Changes of configuration data as a file, newest first: one JSON object per line, or CSV',
        description:
          'Read page by page: an export of any length costs the service no more memory than a page. Names stand beside identifiers where they are known.',
        querystring: exportQuery,
        response: { 200: rowExportAnswer, ...failures },
      },
    },
    async (request, reply) => {
      const { before, format, limit } = request.query;
      const filter = filterOf(request.query);
      const read = async (last: AuditAnswer | undefined, size: number) => {
        const after = last?.id ?? before;
        const page = { limit: size, offset: 0, after: after?.toString() };
        return namedRows(audit, (await audit.list(request.caller, filter, page)).rows);
      };
      return sendRows(reply, { format, limit, columns, read, fileName: 'configuration-changes' });
    },
  );
}

function verifyRoute(api: App, { auditWorker }: Options<'auditWorker'>): void {
  api.get(
    '/verify',
    {
      schema: {
        tags: ['audit'],
        operationId: 'verifyAudit',
        summary: 'Check the hash chain of the audit trail, day by day',
        querystring: auditDaysQuery,
        response: { 200: verifyAnswer, ...failures },
      },
    },
    async ({ query }) => {
      const { days, waiting } = await auditWorker.verify(query);
      return { ...ok(days), waiting };
    },
  );
}

function retentionRoutes(api: App, { bounds, region, log }: Options<'bounds' | 'region' | 'log'>): void {
  api.get(
    '/retention',
    {
      schema: {
        tags: ['audit'],
        operationId: 'readRetention',
        summary: 'Deletions of old rows that wait for a confirmation',
        response: { 200: retentionAnswer, ...failures },
      },
    },
    async () => ok((await bounds.waiting()).map(deletionOf)),
  );

  api.post(
    '/retention/confirm',
    {
      schema: {
        tags: ['audit'],
        operationId: 'confirmRetention',
        summary: 'Let the deletions happen that wait for a confirmation; the answer names them',
        response: { 200: retentionAnswer, ...failures },
      },
    },
    async (request) => {
      requireWritable(region);
      const deletions = await bounds.confirm();
      log.warn(
        { event: 'retention_confirmed', by: request.caller.name, deletions },
        'deletions were confirmed',
      );
      return ok(deletions.map(deletionOf));
    },
  );
}

function reshipRoute(api: App, { auditWorker }: Options<'auditWorker'>): void {
  api.post(
    '/reship',
    {
      schema: {
        tags: ['audit'],
        operationId: 'reshipAudit',
        summary: 'Send again what a destination refused',
        response: { 200: reshipAnswer, ...failures },
      },
    },
    async () => ok({ taken: await auditWorker.reship() }),
  );
}

function deletionOf({ name, from, to }: { name: string; from: Date; to: Date }) {
  return { name, from: from.toISOString(), to: to.toISOString() };
}

function filterOf({ from, to, ...query }: z.output<typeof auditQuery> | z.output<typeof exportQuery>) {
  const { entity, entityId, contactCenterId, actor, requestId } = query;
  const actors = actor?.split(',').map((one) => one.trim().toLowerCase());
  return { entity, entityId, contactCenterId, actors, requestId, fromMs: from, toMs: to };
}
