/** The rules of consents: asked again for more, not for less. */
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';
import { isWithinScope } from '../protocol/scopes.ts';
import type { ConsentService } from './consent.ts';
import { addConsent, findConsent } from './store.ts';

export function createConsentService(db: Queryable): ConsentService {
  return {
    async covers(sub, { clientId, scope }) {
      const given = await findConsent(db, sub, clientId);
      return given !== undefined && isWithinScope(scope, given);
    },
    give: (sub, { clientId, scope }) => addConsent(db, sub, clientId, scope),
  };
}
