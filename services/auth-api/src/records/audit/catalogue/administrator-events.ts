/** Lists the security events about installation administrators and the lists of contact centres. */
import { actor, administered, type CatalogueEntry } from './event-kinds.ts';

const fields = { actor, changes: 'the entry of the list, before and after' };

export const administratorEvents = {
  administrator_added: {
    when: 'a person became an installation administrator',
    kind: administered('creation'),
    fields,
  },
  administrator_removed: {
    when: 'a person was taken off the list of installation administrators',
    kind: administered('deletion'),
    fields,
  },
  appointee_added: {
    when: 'a person became an administrator, an agent of the help desk or an auditor of a contact centre',
    kind: administered('creation'),
    fields,
  },
  appointee_removed: {
    when: 'a person was taken off the list of a contact centre',
    kind: administered('deletion'),
    fields,
  },
  appointing_changed: {
    when: 'administrators of a contact centre were let change its list, or no more',
    kind: administered('change'),
    fields: { actor, changes: '`administratorsAppoint`, before and after' },
  },
} satisfies Record<string, CatalogueEntry>;
