/** `/auth/v3/ping` and `/auth/v3/sessions`: what the user is signed in to. */
import { emptyEnvelope, envelopeOf, errorEnvelope, securityError } from '@gatehouse/contracts/envelope';
import { forbidden, notFound } from '@gatehouse/service-kit/errors/app-error';
import { missingToken } from '@gatehouse/service-kit/errors/oauth-error';
import type { App } from '@gatehouse/service-kit/http/app';
import { ok } from '@gatehouse/service-kit/http/envelope';
import { z } from 'zod';
import type { AuditWriter } from '../audit/event.ts';
import { crossSite, isForeign } from '../sign-in/same-origin.ts';
import type { Caller, Callers } from './caller.ts';
import { sessionParamsSchema, sessionSchema } from './schemas.ts';
import type { BrowserRequest, SessionService, SessionSummary } from './session.ts';

export interface SessionRoutesDeps {
  callers: Callers;
  sessions: SessionService;
  audit: AuditWriter;
  publicUrl: string;
}

const tags = ['sessions'];

export function sessionRoutes(app: App, { callers, sessions, audit, publicUrl }: SessionRoutesDeps): void {
  const requireCaller = async (request: BrowserRequest): Promise<Caller> => {
    const caller = await callers.find(request);
    if (caller === undefined) throw missingToken();
    return caller;
  };

  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
  });

  app.route({
    method: 'GET',
    url: '/auth/v3/ping',
    schema: {
      operationId: 'ping',
      tags,
      summary: 'Whether the session or the token is alive',
      response: { 200: emptyEnvelope, 403: errorEnvelope },
    },
    handler: async (request) => {
      if (!(await callers.isLive(request))) throw forbidden('There is no live session and no live token');
      return ok();
    },
  });

  app.route({
    method: 'GET',
    url: '/auth/v3/sessions',
    schema: {
      operationId: 'listSessions',
      tags,
      summary: "The user's own sessions, newest first",
      response: { 200: envelopeOf(z.array(sessionSchema)), 401: securityError },
    },
    handler: async (request) => {
      const caller = await requireCaller(request);
      const all = await sessions.list(caller.sub);
      return ok(all.map((summary) => viewOf(summary, caller.sid)));
    },
  });

  app.route({
    method: 'DELETE',
    url: '/auth/v3/sessions/:id',
    schema: {
      operationId: 'endSession',
      tags,
      summary: "End one of the user's own sessions and its tokens",
      params: sessionParamsSchema,
      response: { 200: emptyEnvelope, 401: securityError, 403: errorEnvelope, 404: errorEnvelope },
    },
    handler: async (request) => {
      const caller = await requireCaller(request);
      if (caller.via === 'session' && isForeign(request.headers, publicUrl)) throw crossSite();
      const { id } = request.params;
      if (!(await sessions.endOne(caller.sub, id))) throw notFound('There is no such session');
      await audit.write({
        name: 'session_ended',
        outcome: 'success',
        correlationId: request.id,
        sub: caller.sub,
        contactCenterId: caller.identity.contactCenterId,
        sid: id,
        clientAddress: request.ip,
      });
      return ok();
    },
  });
}

function viewOf(summary: SessionSummary, currentSid: string | undefined) {
  const { sid, createdAtMs, lastSeenAtMs, ...about } = summary;
  return {
    id: sid,
    createdAt: new Date(createdAtMs).toISOString(),
    lastSeenAt: new Date(lastSeenAtMs).toISOString(),
    ...about,
    current: sid === currentSid,
  };
}
