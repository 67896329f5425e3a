/** Composes what administrators do for and against people: sessions, revocations, explanations. */
import type { Audit } from '../audit/compose.ts';
import type { ContactCenters } from '../contact-centers/compose.ts';
import type { Sessions } from '../sessions/compose.ts';
import type { Users } from '../users/compose.ts';
import { createPeople } from './people.ts';
import { createHeldSessions } from './sessions.ts';

interface HelpDeskDependencies {
  audit: Audit;
  contactCenters: ContactCenters;
  users: Users;
  sessions: Sessions;
}

export type HelpDesk = ReturnType<typeof composeHelpDesk>;

export function composeHelpDesk({ audit, contactCenters, users, sessions }: HelpDeskDependencies) {
  const people = createPeople({
    contactCenters: contactCenters.service,
    loginNames: users.loginNames,
    users: users.service,
    seen: audit.seenPeople,
  });
  return {
    sessions: createHeldSessions({
      people,
      sessions: sessions.service,
      views: sessions.views,
      audit: audit.writer,
    }),
  };
}
