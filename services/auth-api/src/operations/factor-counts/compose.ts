/** Composes the counts of second factors, and the preview of a policy. */
import type { Core, Domain } from '../../core/domain.ts';
import type { Factors } from '../../factors/compose.ts';
import { countHeldOf } from '../../factors/store/holders.ts';
import type { AccountParts } from '../../people/accounts/compose.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { HelpDesk } from '../help-desk/compose.ts';
import { factorCountRoutes } from './routes.ts';
import { createFactorCounts } from './service.ts';

interface FactorCountDependencies {
  accounts: AccountParts;
  factors: Pick<Factors, 'passkeys'>;
  audit: Audit;
  helpDesk: HelpDesk;
}

export function composeFactorCounts(
  { pool, now }: Core,
  { accounts, factors, audit, helpDesk }: FactorCountDependencies,
) {
  const factorCounts = createFactorCounts({
    people: helpDesk.people,
    seen: audit.seenPeople,
    knownRoles: accounts.service.knownRoles,
    heldOf: (contactCenterId) => countHeldOf(pool, contactCenterId),
    arePasskeysOn: async () => (await factors.passkeys.relyingParty.state()).isOn,
    audit: audit.writer,
    now,
  });
  return {
    mounts: [
      ['operators', '/auth/v3/ops/contact-centers', (app) => factorCountRoutes(app, { factorCounts })],
    ],
  } satisfies Domain;
}
