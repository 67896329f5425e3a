/** Serves `/auth/v3/internal/logouts/{id}`, which Auth UI reads to render the pages around a logout. */

import { envelopeOf, errorEnvelope, securityError } from '@gatehouse/contracts/answers';
import { browserHeader, type LogoutView, logoutViewSchema } from '@gatehouse/contracts/auth-api';
import { definedOnly, freeText } from '@gatehouse/contracts/values';
import { notFound } from '@gatehouse/service-kit/errors';
import { type App, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import type { BrandingViews } from '../../registry/branding/views.ts';
import type { PendingLogout, PendingLogouts } from './pending-logouts.ts';

export interface LogoutViewRoutesDeps {
  pendingLogouts: PendingLogouts;
  branding: Pick<BrandingViews, 'of'>;
}

export function logoutViewRoutes(app: App, { pendingLogouts, branding }: LogoutViewRoutesDeps): void {
  app.get(
    '/logouts/:id',
    {
      schema: {
        operationId: 'readLogout',
        tags: ['internal'],
        summary: 'A sign-out, for the browser that it belongs to',
        params: z.object({ id: freeText(128) }),
        headers: z.object({ [browserHeader]: freeText(128).optional() }),
        response: { 200: envelopeOf(logoutViewSchema), 401: securityError, 404: errorEnvelope },
      },
    },
    async (request) => {
      const pending = await pendingLogouts.read(request.params.id, request.headers[browserHeader]);
      if (pending === undefined) throw notFound('There is no such sign-out');
      const { contactCenterId } = pending;
      const theme = await branding.of({ contactCenterId });
      return ok({ ...viewOf(pending), ...definedOnly({ branding: theme }) });
    },
  );
}

function viewOf({ clientId: _clientId, contactCenterId: _center, ...pending }: PendingLogout): LogoutView {
  return pending;
}
