/** Lists the security events about requests for a person's approval (OpenID CIBA). */
import { type CatalogueEntry, denied, start, token, user } from './event-kinds.ts';

const scope = 'the scope';

export const approvalEvents = {
  backchannel_requested: {
    when: 'an application asked for the approval of a person who is elsewhere (OpenID CIBA)',
    kind: token,
    fields: { scope, hint: 'how it named the person: `login_hint`, `login_hint_token` or `id_token_hint`' },
  },
  backchannel_refused: {
    when: 'such a request was refused because of the person whom it names: nobody known, a wrong code, or somebody who was asked too often. The first ten of an address in a minute are written, then their number',
    kind: denied,
    fields: {
      reason:
        '`unknown_user_id`, `expired_login_hint_token`, `missing_user_code`, `invalid_user_code` or `too_many_requests`',
      detail: 'the same detail as in the log line',
      repeated: 'number of further ones',
    },
  },
  backchannel_approved: { when: 'a person approved such a request', kind: start, fields: { scope } },
  backchannel_denied: { when: 'a person denied such a request', kind: denied, fields: { scope } },
  user_code_changed: {
    when: 'a person chose, changed or removed the code that some applications must know before they may ask',
    kind: user,
    fields: { change: '`kept` or `removed`' },
  },
} satisfies Record<string, CatalogueEntry>;
