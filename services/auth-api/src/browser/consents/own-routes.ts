/** Serves `/auth/v3/consents`: the applications that a user has given access, and the end of it. */

import { emptyEnvelope, errorEnvelope, securityError } from '@gatehouse/contracts/answers';
import { consentListSchema } from '@gatehouse/contracts/auth-api';
import { definedOnly, label } from '@gatehouse/contracts/values';
import { notFound } from '@gatehouse/service-kit/errors';
import { type App, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import type { Admission } from '../../people/accounts/admission.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import { startAt } from '../../registry/clients/address.ts';
import type { Subjects } from '../../registry/contact-centers/subjects.ts';
import type { BrowserRequest } from '../cookies/browser-cookies.ts';
import { crossSite, isForeign } from '../cookies/same-origin.ts';
import { requireAccountHolder } from '../sessions/account-holder.ts';
import type { Caller, Callers } from '../sessions/caller.ts';
import type { ConsentService } from './service.ts';

export interface OwnConsentRoutesDeps {
  callers: Pick<Callers, 'find'>;
  consents: Pick<ConsentService, 'list' | 'forget'>;
  admission: Pick<Admission, 'admit'>;
  revokeAtClient: Subjects['revokeAtClient'];
  audit: AuditWriter;
  issuer: string;
  publicUrl: string;
}

const tags = ['sessions'];

export function ownConsentRoutes(app: App, deps: OwnConsentRoutesDeps): void {
  const { callers, consents, admission, revokeAtClient, audit, issuer, publicUrl } = deps;

  const requireCaller = async (request: BrowserRequest): Promise<Caller> => {
    const caller = await requireAccountHolder(callers, request);
    await admission.admit(caller.identity, { act: 'account', proofs: caller.proofs });
    return caller;
  };

  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
  });

  app.get(
    '/consents',
    {
      schema: {
        operationId: 'listConsents',
        tags,
        summary: 'The applications that the user has given access, the newest first',
        description:
          'By the session of the browser, or by a token of the account area with the scope `sessions`; tokens of other clients are refused.',
        response: { 200: consentListSchema, 401: securityError, 403: errorEnvelope },
      },
    },
    async (request) => {
      const { identity } = await requireCaller(request);
      const given = await consents.list(identity);
      return ok(
        given.map(({ givenAt, initiateLoginUri, lastUsedAt, ...consent }) =>
          definedOnly({
            ...consent,
            startUri: initiateLoginUri && startAt(initiateLoginUri, issuer),
            givenAt: givenAt.toISOString(),
            lastUsedAt: lastUsedAt?.toISOString(),
          }),
        ),
      );
    },
  );

  app.delete(
    '/consents/:client_id',
    {
      schema: {
        operationId: 'revokeConsent',
        tags,
        summary:
          'Take the access of an application back: its tokens for the user end, and the user is asked again',
        description:
          'Every token that the application has of the user ends, also those that others made from them by exchange. Sessions go on. May be repeated after a 503.',
        params: z.object({ client_id: label(128) }),
        response: {
          200: emptyEnvelope,
          401: securityError,
          403: errorEnvelope,
          404: errorEnvelope,
          503: errorEnvelope,
        },
      },
    },
    async (request) => {
      const caller = await requireCaller(request);
      if (caller.via === 'session' && isForeign(request.headers, publicUrl)) throw crossSite();
      const { client_id: clientId } = request.params;
      const { sub, sid, identity } = caller;
      const given = await consents.list(identity);
      if (!given.some((consent) => consent.clientId === clientId))
        throw notFound('The user has given this application no access');
      // First, so that a repetition after a failure finds the consent again.
      await audit.write({
        name: 'consent_revoked',
        outcome: 'success',
        sub,
        sid,
        clientId,
        contactCenterId: identity.contactCenterId,
        correlationId: request.id,
        clientAddress: caller.clientAddress,
      });
      await revokeAtClient(clientId, identity);
      await consents.forget(identity, clientId);
      // Again, for tokens that were granted by the consent while it was being taken back.
      await revokeAtClient(clientId, identity);
      return ok();
    },
  );
}
