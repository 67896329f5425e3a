/** Composes the erasure of people who are gone. */
import type { ApprovalParts } from '../../browser/approvals/compose.ts';
import type { Consents } from '../../browser/consents/compose.ts';
import type { Sessions } from '../../browser/sessions/compose.ts';
import type { Core, Domain } from '../../core/domain.ts';
import type { Factors } from '../../factors/compose.ts';
import type { Refusals } from '../../oauth/refusals/compose.ts';
import type { AccountParts } from '../../people/accounts/compose.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { Administrators } from '../../registry/administrators/compose.ts';
import type { ContactCenters } from '../../registry/contact-centers/compose.ts';
import type { HelpDesk } from '../help-desk/compose.ts';
import { createErasedPeople } from './erased-person.ts';
import { erasureRoutes } from './routes.ts';
import { createErasures } from './service.ts';

interface ErasureDependencies {
  audit: Audit;
  contactCenters: ContactCenters;
  administrators: Administrators;
  accounts: AccountParts;
  sessions: Sessions;
  consents: Consents;
  approvals: ApprovalParts;
  factors: Factors;
  refusals: Refusals;
  helpDesk: HelpDesk;
}

export function composeErasure({ now }: Core, dependencies: ErasureDependencies) {
  const { service: users } = dependencies.accounts;
  const { service: contactCenters } = dependencies.contactCenters;
  const { erasure: events, writer: audit } = dependencies.audit;
  const { service: administrators, appointments } = dependencies.administrators;
  const erasures = createErasures({
    find: createErasedPeople({ people: dependencies.helpDesk.people, users, contactCenters, events }),
    events,
    audit,
    administrators,
    appointments,
    users,
    sessions: dependencies.sessions.service,
    consents: dependencies.consents.service,
    userCodes: dependencies.approvals.userCodes,
    factors: dependencies.factors,
    refusals: dependencies.refusals,
    now,
  });
  return {
    mounts: [['operators', '/auth/v3/ops/people/erasure', (app) => erasureRoutes(app, { erasures })]],
  } satisfies Domain;
}
