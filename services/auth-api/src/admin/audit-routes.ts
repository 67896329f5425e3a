/** Serves `/auth/v3/ops/audit`: operators search security events, verify the chain, and erase personal data. */
import { auditDaysQuery, reshipAnswer, verifyAnswer } from '@gatehouse/contracts/audit-chain';
import { eraseAnswer, type SecurityEvent, securityEventsAnswer } from '@gatehouse/contracts/auth-api/audit';
import { definedOnly } from '@gatehouse/contracts/defined-only';
import { errorEnvelope, securityError } from '@gatehouse/contracts/envelope';
import type { App } from '@gatehouse/service-kit/http/app';
import { ok } from '@gatehouse/service-kit/http/envelope';
import type { Audit } from '../audit/compose.ts';
import type { StoredAuditEvent } from '../audit/store.ts';
import { actorOf } from '../client-authentication/ops-authentication.ts';
import { auditQuerySchema, eraseBodySchema } from './audit-schemas.ts';

const refusals = { 400: errorEnvelope, 401: securityError, 403: errorEnvelope };
const tags = ['audit'];

export function auditRoutes(app: App, { search, worker, erasure }: Audit): void {
  app.get(
    '',
    {
      schema: {
        tags,
        summary: 'Security events, newest first; with `after` oldest first: what came since',
        querystring: auditQuerySchema,
        response: { 200: securityEventsAnswer, ...refusals },
      },
    },
    async (request) => {
      const { from, to, before, after, ...filter } = request.query;
      const { within } = actorOf(request);
      const { contactCenterId = within } = filter;
      // As one in which nothing has happened: what another contact centre has seen is not for its neighbour.
      if (within !== undefined && contactCenterId !== within) return ok([]);
      const { events, nextSeq } = await search.find({
        ...filter,
        contactCenterId,
        fromMs: from === undefined ? undefined : Date.parse(from),
        toMs: to === undefined ? undefined : Date.parse(to),
        beforeSeq: before,
        afterSeq: after,
      });
      return {
        ...ok(events.map(viewOf)),
        ...definedOnly({ nextCursor: nextSeq?.toString() }),
      };
    },
  );

  app.get(
    '/verify',
    {
      schema: {
        tags,
        summary: 'Check the hash chain, day by day',
        description: 'Reads every event of the days: ask for few days where there are many events.',
        querystring: auditDaysQuery,
        response: { 200: verifyAnswer, ...refusals },
      },
    },
    async ({ query }) => ok(await worker.verify(query)),
  );

  app.post(
    '/reship',
    {
      schema: {
        tags,
        summary: 'Send again what a destination refused',
        response: { 200: reshipAnswer, ...refusals, 409: errorEnvelope },
      },
    },
    async () => ok({ taken: await worker.reship() }),
  );

  app.post(
    '/erase',
    {
      schema: {
        tags,
        summary: 'Erase what the events say of a user; that something happened stays',
        body: eraseBodySchema,
        response: { 200: eraseAnswer, ...refusals },
      },
    },
    async (request) => ok(await erasure.erase(request.body.data.user, actorOf(request))),
  );
}

function viewOf({ atMs, ...event }: StoredAuditEvent): SecurityEvent {
  return { ...event, at: new Date(atMs).toISOString() };
}
