/** Lists the security events about installation administrators. */
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
} satisfies Record<string, CatalogueEntry>;
