/** Serves `/ping` and `/sessions` below `/auth/v3`: where the user is signed in. */

import { insufficientScope, missingToken } from '@gatehouse/caller-auth/oauth-errors';
import { emptyEnvelope, errorEnvelope, securityError } from '@gatehouse/contracts/answers';
import { sessionListSchema } from '@gatehouse/contracts/auth-api';
import { definedOnly } from '@gatehouse/contracts/values';
import { forbidden, notFound } from '@gatehouse/service-kit/errors';
import { type App, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { isWithinScope } from '../../core/protocol/parameters.ts';
import type { Admission } from '../../people/accounts/admission.ts';
import type { UserIdentity } from '../../people/identity/identity.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import type { BrowserRequest } from '../cookies/browser-cookies.ts';
import { crossSite, isForeign } from '../cookies/same-origin.ts';
import { type Caller, type Callers, sessionsScope } from './caller.ts';
import type { SessionService } from './service.ts';
import type { SessionViews } from './views.ts';

export interface SessionRoutesDeps {
  callers: Callers;
  sessions: SessionService;
  views: SessionViews;
  admission: Pick<Admission, 'admit'>;
  audit: AuditWriter;
  contactCenters: Pick<ContactCenterService, 'find'>;
  publicUrl: string;
}

const tags = ['sessions'];

export function sessionRoutes(app: App, deps: SessionRoutesDeps): void {
  const { callers, sessions, views, admission, audit, contactCenters, publicUrl } = deps;

  const requireCaller = async (request: BrowserRequest): Promise<Caller> => {
    const caller = await callers.find(request);
    if (caller === undefined) throw missingToken();
    // An application must not learn where else its user is signed in.
    if (caller.scope !== undefined && !isWithinScope([sessionsScope], caller.scope))
      throw insufficientScope(`The token lacks the scope ${sessionsScope}`);
    await admission.admit(caller.identity, { act: 'account', proofs: caller.proofs });
    return caller;
  };

  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
  });

  app.get(
    '/ping',
    {
      schema: {
        operationId: 'ping',
        tags,
        summary: 'Whether the session or the token is alive',
        response: { 200: emptyEnvelope, 403: errorEnvelope },
      },
    },
    async (request) => {
      if (!(await callers.isLive(request))) throw forbidden('There is no live session and no live token');
      return ok();
    },
  );

  app.get(
    '/sessions',
    {
      schema: {
        operationId: 'listSessions',
        tags,
        summary: "The user's own sessions, newest first",
        description: 'By a token: with the scope `sessions`.',
        response: { 200: sessionListSchema, 401: securityError, 403: securityError },
      },
    },
    async (request) => {
      const caller = await requireCaller(request);
      const [all, contactCenter] = await Promise.all([
        sessions.list(caller.identity).then(views),
        // The list is shown without the name while Environment API cannot be asked.
        contactCenters.find(caller.identity.contactCenterId).catch(() => undefined),
      ]);
      return {
        ...ok(all.map((view) => ({ ...view, current: view.id === caller.sid }))),
        user: userOf(caller.identity, contactCenter?.name),
      };
    },
  );

  app.delete(
    '/sessions/:id',
    {
      schema: {
        operationId: 'endSession',
        tags,
        summary: "End one of the user's own sessions and its tokens",
        params: z.object({ id: z.uuid() }),
        response: { 200: emptyEnvelope, 401: securityError, 403: errorEnvelope, 404: errorEnvelope },
      },
    },
    async (request) => {
      const caller = await requireCaller(request);
      if (caller.via === 'session' && isForeign(request.headers, publicUrl)) throw crossSite();
      if (caller.derived !== undefined) {
        throw forbidden(
          "This token was obtained by exchange, delegation or an assertion: only a token of the user's own login ends sessions",
        );
      }
      const { id } = request.params;
      if ((await sessions.findOne(caller.identity, id)) === undefined) {
        // An earlier request may have ended it, and have been answered 503.
        await sessions.endOne(caller.identity, id);
        throw notFound('There is no such session');
      }
      // The event comes first: a repetition after a crash would find no session to record.
      await audit.write({
        name: 'session_ended',
        outcome: 'success',
        correlationId: request.id,
        sub: caller.sub,
        contactCenterId: caller.identity.contactCenterId,
        sid: id,
        clientAddress: caller.clientAddress,
      });
      await sessions.endOne(caller.identity, id);
      return ok();
    },
  );
}

function userOf({ username, firstName, lastName }: UserIdentity, contactCenter: string | undefined) {
  const name = [firstName, lastName].filter(Boolean).join(' ');
  return definedOnly({ username, name: name === '' ? undefined : name, contactCenter });
}
