/** Composes the counts of second factors, and the preview of a policy. */
import type { Core, Domain } from '../../core/domain.ts';
import { countHeldOf } from '../../factors/store/holders.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { HelpDesk } from '../help-desk/compose.ts';
import { factorCountRoutes } from './routes.ts';
import { createFactorCounts } from './service.ts';

interface FactorCountDependencies {
  audit: Audit;
  helpDesk: HelpDesk;
}

export function composeFactorCounts({ pool, now }: Core, { audit, helpDesk }: FactorCountDependencies) {
  const factorCounts = createFactorCounts({
    people: helpDesk.people,
    seen: audit.seenPeople,
    heldOf: (contactCenterId) => countHeldOf(pool, contactCenterId),
    audit: audit.writer,
    now,
  });
  return {
    mounts: [
      ['operators', '/auth/v3/ops/contact-centers', (app) => factorCountRoutes(app, { factorCounts })],
    ],
  } satisfies Domain;
}
