/** Lists the security events about clients: their changes, their secrets and what is refused to them. */
import { actor, administered, type CatalogueEntry, denied } from './event-kinds.ts';

const changes = 'each changed field, before and after; of secrets only that they changed';

export const clientEvents = {
  client_created: {
    when: 'a client was created',
    kind: administered('creation'),
    fields: { actor, changes },
  },
  client_updated: { when: 'a client was changed', kind: administered('change'), fields: { actor, changes } },
  client_deleted: {
    when: 'a client was deleted',
    kind: administered('deletion'),
    fields: { actor, changes },
  },
  client_restored: {
    when: 'a deleted client was restored, with a new secret',
    kind: administered('creation'),
    fields: { actor, changes },
  },
  client_secret_rotated: {
    when: 'a client got a new secret',
    kind: administered('change'),
    fields: { actor, changes },
  },
  client_authentication_failed: {
    when: 'a client failed to authenticate. Of requests that name no client, the first ten of an address in a minute are written, then their number',
    kind: denied,
    fields: {
      reason:
        '`no_credentials`, `malformed_credentials`, `contradictory_request`, `unknown_client`, `no_secret`, `wrong_secret`, `wrong_method` or `assertion_refused`',
      method: 'how it tried: `client_secret_basic`, `client_secret_post`, `private_key_jwt` or `none`',
      detail: 'the same detail as in the log line',
      repeated: 'number of further ones',
    },
  },
  registration_refused: {
    when: 'a request to register or change a client had no valid token (RFC 7591, RFC 7592)',
    kind: denied,
  },
} satisfies Record<string, CatalogueEntry>;
