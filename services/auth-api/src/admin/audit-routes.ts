/** `/auth/v3/ops/audit`: an operator looks up what happened, and whether the record of it is whole. */

import type { AuditWorker } from '@gatehouse/audit-trail/worker/audit-worker';
import { auditDaysQuery, reshipAnswer, verifyAnswer } from '@gatehouse/contracts/audit-chain';
import { eraseAnswer, type SecurityEvent, securityEventsAnswer } from '@gatehouse/contracts/auth-api/audit';
import { errorEnvelope, securityError } from '@gatehouse/contracts/envelope';
import type { App } from '@gatehouse/service-kit/http/app';
import { ok } from '@gatehouse/service-kit/http/envelope';
import type { AuditErasure } from '../audit/erase.ts';
import type { AuditSearch } from '../audit/search.ts';
import type { StoredAuditEvent } from '../audit/store.ts';
import { actorOf } from '../client-authentication/ops-authentication.ts';
import { auditQuerySchema, eraseBodySchema } from './audit-schemas.ts';

export interface AuditRoutesDeps {
  auditSearch: AuditSearch;
  auditWorker: AuditWorker;
  auditErasure: AuditErasure;
}

const refusals = { 400: errorEnvelope, 401: securityError, 403: errorEnvelope };
const tags = ['audit'];

export function auditRoutes(app: App, deps: AuditRoutesDeps): void {
  const { auditSearch, auditWorker, auditErasure } = deps;

  app.route({
    method: 'GET',
    url: '',
    schema: {
      tags,
      summary: 'Security events, newest first; with `after` oldest first: what came since',
      querystring: auditQuerySchema,
      response: { 200: securityEventsAnswer, ...refusals },
    },
    handler: async ({ query }) => {
      const { from, to, before, after, ...filter } = query;
      const { events, nextSeq } = await auditSearch.find({
        ...filter,
        fromMs: from === undefined ? undefined : Date.parse(from),
        toMs: to === undefined ? undefined : Date.parse(to),
        beforeSeq: before,
        afterSeq: after,
      });
      return {
        ...ok(events.map(viewOf)),
        ...(nextSeq === undefined ? {} : { nextCursor: String(nextSeq) }),
      };
    },
  });

  app.route({
    method: 'GET',
    url: '/verify',
    schema: {
      tags,
      summary: 'Check the hash chain, day by day',
      description: 'Reads every event of the days: ask for few days where there are many events.',
      querystring: auditDaysQuery,
      response: { 200: verifyAnswer, ...refusals },
    },
    handler: async ({ query }) => ok(await auditWorker.verify(query)),
  });

  app.route({
    method: 'POST',
    url: '/reship',
    schema: {
      tags,
      summary: 'Send again what Elasticsearch refused',
      response: { 200: reshipAnswer, ...refusals, 409: errorEnvelope },
    },
    handler: async () => ok({ taken: await auditWorker.reship() }),
  });

  app.route({
    method: 'POST',
    url: '/erase',
    schema: {
      tags,
      summary: 'Erase what the events say of a user; that something happened stays',
      body: eraseBodySchema,
      response: { 200: eraseAnswer, ...refusals },
    },
    handler: async (request) => ok(await auditErasure.erase(request.body.data.user, actorOf(request))),
  });
}

function viewOf({ atMs, ...event }: StoredAuditEvent): SecurityEvent {
  return { ...event, at: new Date(atMs).toISOString() };
}
