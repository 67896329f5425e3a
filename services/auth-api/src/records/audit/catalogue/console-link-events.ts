/** Lists the security events about the links by which the operator signs in to the console. */
import { type CatalogueEntry, denied, start, token } from './event-kinds.ts';

const actor = 'the operator account';

export const consoleLinkEvents = {
  console_link_created: {
    when: 'the operator made a link to the console (`gatehouse console open`)',
    kind: token,
    fields: { actor },
  },
  console_link_redeemed: {
    when: 'the operator signed in to the console by a link',
    kind: start,
    fields: { actor, linkRequest: 'correlation id of the request that made the link' },
  },
  console_link_refused: {
    when: 'a link to the console was unknown, used or too old. The first ten of an address in a minute are written, then their number',
    kind: denied,
    fields: { repeated: 'number of further ones' },
  },
} satisfies Record<string, CatalogueEntry>;
