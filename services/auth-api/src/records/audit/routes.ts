/** Serves `/auth/v3/ops/audit`: operators search security events, verify the chain, and erase personal data. */
import type { AuditWorker } from '@gatehouse/audit-trail/worker';
import {
  auditDaysQuery,
  errorEnvelope,
  reshipAnswer,
  retentionAnswer,
  securityError,
  verifyAnswer,
} from '@gatehouse/contracts/answers';
import { eraseAnswer, securityEventsAnswer } from '@gatehouse/contracts/auth-api';
import { definedOnly } from '@gatehouse/contracts/values';
import { type App, ok } from '@gatehouse/service-kit/http';
import { actorOf } from '../../core/administration/actor.ts';
import type { createRetention } from './confirm-retention.ts';
import type { createAuditErasure } from './erase.ts';
import { auditQuerySchema, eraseBodySchema, filterOf, isBeyond } from './schemas.ts';
import type { SeenPeople } from './seen-people.ts';
import type { AuditFilter, findAuditPage } from './store.ts';
import { peopleIn, viewOf } from './view.ts';

const refusals = { 400: errorEnvelope, 401: securityError, 403: errorEnvelope };
const tags = ['audit'];

interface AuditRouteOptions {
  search: { find(filter: AuditFilter): ReturnType<typeof findAuditPage> };
  seenPeople: Pick<SeenPeople, 'namesOf'>;
  worker: Pick<AuditWorker, 'verify' | 'reship'>;
  erasure: ReturnType<typeof createAuditErasure>;
  retention: ReturnType<typeof createRetention>;
}

export function auditRoutes(app: App, options: AuditRouteOptions): void {
  searchRoutes(app, options);
  trailRoutes(app, options);
}

/** Reads events. */
function searchRoutes(app: App, { search, seenPeople }: AuditRouteOptions): void {
  app.get(
    '',
    {
      schema: {
        operationId: 'searchSecurityEvents',
        tags,
        summary: 'Security events, newest first; with `after` oldest first: what came since',
        querystring: auditQuerySchema,
        response: { 200: securityEventsAnswer, ...refusals },
      },
    },
    async (request) => {
      const { before, after, limit, subs, ...query } = request.query;
      const { within } = actorOf(request);
      const filter = filterOf(query, within);
      // As one in which nothing has happened: what another contact centre has seen is not for its neighbour.
      if (isBeyond(within, filter)) return ok([]);
      const { events, nextSeq } = await search.find({
        ...filter,
        beforeSeq: before,
        afterSeq: after,
        limit,
      });
      const people = await seenPeople.namesOf([...subs, ...events.flatMap(peopleIn)], within);
      return {
        ...ok(events.map(viewOf)),
        people,
        ...definedOnly({ nextCursor: nextSeq?.toString() }),
      };
    },
  );
}

/** Looks after the trail as a whole: its chain, its retention, its copies, and what it says of a user. */
function trailRoutes(app: App, { worker, retention, erasure }: AuditRouteOptions): void {
  app.get(
    '/verify',
    {
      schema: {
        operationId: 'verifyAudit',
        tags,
        summary: 'Check the hash chain, day by day',
        description: 'Reads every event of the days: ask for few days where there are many events.',
        querystring: auditDaysQuery,
        response: { 200: verifyAnswer, ...refusals },
      },
    },
    async ({ query }) => {
      const { days, waiting } = await worker.verify(query);
      return { ...ok(days), waiting };
    },
  );

  app.get(
    '/retention',
    {
      schema: {
        operationId: 'readRetention',
        tags,
        summary: 'Deletions of old rows that wait for a confirmation',
        response: { 200: retentionAnswer, ...refusals },
      },
    },
    async () => ok((await retention.waiting()).map(deletionOf)),
  );

  app.post(
    '/retention/confirm',
    {
      schema: {
        operationId: 'confirmRetention',
        tags,
        summary: 'Let the deletions happen that wait for a confirmation; the answer names them',
        response: { 200: retentionAnswer, ...refusals },
      },
    },
    async (request) => ok((await retention.confirm(actorOf(request))).map(deletionOf)),
  );

  app.post(
    '/reship',
    {
      schema: {
        operationId: 'reshipAudit',
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
        operationId: 'eraseUser',
        tags,
        summary: 'Erase what the events say of a user; that something happened stays',
        body: eraseBodySchema,
        response: { 200: eraseAnswer, ...refusals },
      },
    },
    async (request) => ok(await erasure.erase(request.body.data.user, actorOf(request))),
  );
}

function deletionOf({ name, from, to }: { name: string; from: Date; to: Date }) {
  return { name, from: from.toISOString(), to: to.toISOString() };
}
