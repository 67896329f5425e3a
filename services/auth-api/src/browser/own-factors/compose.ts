/** Composes the routes by which people manage their own second factors. */
import { ownFactorsPath } from '@gatehouse/contracts/auth-api';
import { createAttemptLimiter } from '@gatehouse/service-kit/limits';
import type { Core, Domain } from '../../core/domain.ts';
import type { Factors } from '../../factors/compose.ts';
import type { AccountParts } from '../../people/accounts/compose.ts';
import type { ContactCenters } from '../../registry/contact-centers/compose.ts';
import type { Sessions } from '../sessions/compose.ts';
import { createOwners } from './owners.ts';
import { ownFactorRoutes } from './routes.ts';

interface OwnFactorDependencies {
  accounts: AccountParts;
  contactCenters: ContactCenters;
  factors: Factors;
  sessions: Sessions;
}

/** Of one person, refused ones among them: a person at a page needs few. */
const changes = { attempts: 30, windowMs: 300_000 };

export function composeOwnFactors({ publicUrl, now }: Core, dependencies: OwnFactorDependencies) {
  const { factors, sessions, accounts, contactCenters } = dependencies;
  const owners = createOwners({
    callers: sessions.callers,
    admission: accounts.admission,
    factors,
    limit: createAttemptLimiter({ ...changes, now }),
    publicUrl,
    now,
  });
  const routed = { owners, factors, contactCenters: contactCenters.service, now };
  return {
    services: {},
    mounts: [['holders of tokens or cookies', ownFactorsPath, (app) => ownFactorRoutes(app, routed)]],
  } satisfies Domain;
}
