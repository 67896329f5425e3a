/** Serves `/auth/v3/internal/administrator-places`: Environment API asks it before a contact centre changes who its people are. */

import { envelopeOf, errorEnvelope, wrapped } from '@gatehouse/contracts/answers';
import { administratorPlaceQuestionSchema, administratorPlaceSchema } from '@gatehouse/contracts/auth-api';
import { unavailable } from '@gatehouse/service-kit/errors';
import { type App, ok } from '@gatehouse/service-kit/http';
import type { ContactCenterService } from '../contact-centers/service.ts';
import { subjectOf, subjectPlaceOf } from '../contact-centers/subjects.ts';
import type { KnownAdministrators } from './known-administrators.ts';

export function administratorPlaceRoutes(
  app: App,
  {
    administrators,
    contactCenters,
  }: {
    administrators: Pick<KnownAdministrators, 'subsAt'>;
    contactCenters: Pick<ContactCenterService, 'find'>;
  },
): void {
  app.post(
    '/administrator-places',
    {
      schema: {
        operationId: 'readAdministratorPlace',
        tags: ['internal'],
        summary:
          'Whether installation administrators sign in at a contact centre, and whether a person is one',
        body: wrapped(administratorPlaceQuestionSchema),
        response: { 200: envelopeOf(administratorPlaceSchema), 503: errorEnvelope },
      },
    },
    async (request) => {
      const { contactCenterId, dbid } = request.body.data;
      // A list that cannot be read must not look like an empty one: the change would go through.
      const subs = await administrators.subsAt(contactCenterId).catch((error: unknown) => {
        throw unavailable('the list of installation administrators', { cause: error });
      });
      const place =
        dbid === undefined || subs.size === 0 ? undefined : await contactCenters.find(contactCenterId);
      const isAdministrator =
        place !== undefined && dbid !== undefined && subs.has(subjectOf(subjectPlaceOf(place), dbid));
      return ok({ hasAdministrators: subs.size > 0, isAdministrator });
    },
  );
}
