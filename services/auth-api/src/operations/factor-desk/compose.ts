/** Composes what administrators do about the second factors of a person. */
import type { Sessions } from '../../browser/sessions/compose.ts';
import type { Core, Domain } from '../../core/domain.ts';
import type { Factors } from '../../factors/compose.ts';
import type { AccountParts } from '../../people/accounts/compose.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { Administrators } from '../../registry/administrators/compose.ts';
import type { HelpDesk } from '../help-desk/compose.ts';
import { createFactorReach } from './reach.ts';
import { factorRoutes } from './routes.ts';
import { createFactorDesk } from './service.ts';
import { createShownFactors } from './shown.ts';

interface FactorDeskDependencies {
  audit: Audit;
  administrators: Administrators;
  accounts: AccountParts;
  sessions: Sessions;
  factors: Factors;
  helpDesk: HelpDesk;
}

export function composeFactorDesk(_core: Core, dependencies: FactorDeskDependencies) {
  const { known: administrators } = dependencies.administrators;
  const { service: users, admission } = dependencies.accounts;
  const common = {
    people: dependencies.helpDesk.people,
    admission,
    factors: dependencies.factors,
    audit: dependencies.audit.writer,
  };
  const services = {
    show: createShownFactors(common),
    factorDesk: createFactorDesk({
      ...common,
      requireReach: createFactorReach({ administrators, users }),
      sessions: dependencies.sessions.service,
    }),
  };
  return {
    mounts: [['operators', '/auth/v3/ops/people/factors', (app) => factorRoutes(app, services)]],
  } satisfies Domain;
}
