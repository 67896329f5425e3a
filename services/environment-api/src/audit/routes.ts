/** `/audit`: who changed what. */

import type { AuditKeeper } from '@gatehouse/audit-trail/chain/keeper';
import { auditDaysQuery, reshipAnswer, verifyAnswer } from '@gatehouse/contracts/audit-chain';
import { successStatus } from '@gatehouse/contracts/envelope';
import type { ChangeLog } from '@gatehouse/service-kit/changes/log';
import type { App } from '@gatehouse/service-kit/http/app-type';
import { ok } from '@gatehouse/service-kit/http/envelope';
import { ordinalKey, readPage } from '@gatehouse/service-kit/http/page';
import { z } from 'zod';
import { requireInstallationReader, requireInstallationWriter } from '../access/caller.ts';
import { failures } from '../failures.ts';
import { listEtagOf } from '../versions/etag.ts';
import { sendUnchanged } from '../versions/reply.ts';
import { auditList, auditQuery } from './schemas.ts';
import type { AuditService } from './service.ts';
import type { AuditRow } from './store.ts';

export interface AuditRoutesDeps {
  audit: AuditService;
  auditKeeper: AuditKeeper;
  changeLog: ChangeLog;
}

export function auditRoutes(app: App, deps: AuditRoutesDeps): void {
  const { audit, auditKeeper, changeLog } = deps;

  app.get(
    '/audit',
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
      const { entity, entityId, contactCenterId, actor, requestId, from, to } = request.query;
      const page = readPage(request.query, ordinalKey);
      // Every change has its audit row, so the number of the newest change tells whether there is a new row.
      if (sendUnchanged(request, reply, listEtagOf(await changeLog.latest()))) return reply as never;
      const { rows, nextCursor } = await audit.list(
        request.caller,
        { entity, entityId, contactCenterId, actor, requestId, fromMs: from, toMs: to },
        page,
      );
      return { ...ok(rows.map(answerOf)), ...(nextCursor ? { nextCursor } : {}) };
    },
  );

  app.get(
    '/audit/verify',
    {
      schema: {
        tags: ['audit'],
        operationId: 'verifyAudit',
        summary: 'Check the hash chain of the audit trail, day by day',
        querystring: auditDaysQuery,
        response: { 200: verifyAnswer, ...failures },
      },
    },
    async (request) => {
      requireInstallationReader(request.caller);
      return ok(await auditKeeper.verify(request.query));
    },
  );

  app.post(
    '/audit/reship',
    {
      schema: {
        tags: ['audit'],
        operationId: 'reshipAudit',
        summary: 'Send again what Elasticsearch refused',
        response: { 200: reshipAnswer, ...failures },
      },
    },
    async (request) => {
      requireInstallationWriter(request.caller);
      return ok({ taken: await auditKeeper.reship() });
    },
  );
}

function answerOf({ at, actor, actorKind, ...row }: AuditRow) {
  return { ...row, at: new Date(at).toISOString(), actor: { kind: actorKind, name: actor } };
}
