/** Serves `/auth/v3/internal/administrator-places`: Environment API asks it before a contact centre changes who its people are. */

import { envelopeOf, errorEnvelope, wrapped } from '@gatehouse/contracts/answers';
import { administratorPlaceQuestionSchema, administratorPlaceSchema } from '@gatehouse/contracts/auth-api';
import { contactCenterRights, contactCenterRightsIn } from '@gatehouse/contracts/values';
import { unavailable } from '@gatehouse/service-kit/errors';
import { type App, ok } from '@gatehouse/service-kit/http';
import type { AuthorityMapping } from '../../config/authority-mapping.ts';
import type { ContactCenterService } from '../contact-centers/service.ts';
import { subjectOf, subjectPlaceOf } from '../contact-centers/subjects.ts';
import type { KnownAdministrators } from './known-administrators.ts';

export function administratorPlaceRoutes(
  app: App,
  {
    administrators,
    contactCenters,
    mapping: { scimGroups },
  }: {
    administrators: Pick<KnownAdministrators, 'entriesAt'>;
    contactCenters: Pick<ContactCenterService, 'find'>;
    mapping: Pick<AuthorityMapping, 'scimGroups'>;
  },
): void {
  const rights: ReadonlySet<string> = new Set(Object.values(contactCenterRights));
  const groups = [...scimGroups].flatMap(([name, given]) =>
    given.some((one) => rights.has(one)) ? name : [],
  );
  app.post(
    '/administrator-places',
    {
      schema: {
        operationId: 'readAdministratorPlace',
        tags: ['internal'],
        summary:
          'Whether installation administrators sign in at a contact centre, and which rights a person has',
        body: wrapped(administratorPlaceQuestionSchema),
        response: { 200: envelopeOf(administratorPlaceSchema), 503: errorEnvelope },
      },
    },
    async (request) => {
      const { contactCenterId, dbid } = request.body.data;
      // A list that cannot be read must not look like an empty one: the change would go through.
      const entries = await administrators.entriesAt(contactCenterId).catch((error: unknown) => {
        throw unavailable('the lists of administrators', { cause: error });
      });
      const place =
        dbid === undefined || entries.length === 0 ? undefined : await contactCenters.find(contactCenterId);
      const sub =
        place === undefined || dbid === undefined ? undefined : subjectOf(subjectPlaceOf(place), dbid);
      const of = entries.filter((entry) => entry.sub === sub).map(({ right }) => right);
      return ok({
        hasAdministrators: entries.some(({ right }) => right === 'installation'),
        isAdministrator: of.includes('installation'),
        hasList: entries.some(({ right }) => right !== 'installation'),
        groups,
        rights: contactCenterRightsIn(of),
      });
    },
  );
}
