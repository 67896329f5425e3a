/** Lists the security events about codes, tokens and what they were issued for. */
import { type CatalogueEntry, denied, token } from './event-kinds.ts';

const reason = 'reason code';
const exchange = {
  subjectClient: 'client of the presented token',
  requestedType: 'requested type',
  actor: 'the actor, if there is one',
  actorClient: 'client of the actor token',
};

export const tokenEvents = {
  code_issued: {
    when: 'an application received an authorization response',
    kind: token,
    fields: { responseType: 'when it was not `code` alone' },
  },
  token_issued: {
    when: 'tokens were issued in an authorization response (implicit, hybrid); with GATEHOUSE_AUDIT_TOKENS=all also for client credentials and refresh tokens',
    kind: token,
    fields: { responseType: 'which', grantType: 'which grant, where it was one', scope: 'what was granted' },
  },
  token_refused: {
    when: 'a token exchange or an assertion was refused because of the presented tokens. For public clients the first ten of an address in a minute are written, then their number',
    kind: denied,
    fields: {
      grantType: 'which grant',
      ...exchange,
      assertionIssuer: 'issuer of the assertion',
      reason,
      repeated: 'number of further ones',
    },
  },
  assurance_refused: {
    when: 'a person had proved too little for what was asked: the policy of the contact centre, a role, the client or the request requires more. The first hundred of a minute are written, then their number',
    kind: denied,
    fields: {
      act: 'what was asked: `session`, `code`, `token`, `refresh`, `exchange` and others',
      need: 'level that is required: `secondFactor` or `phishingResistant`',
      has: 'level of the sign-in',
      by: 'who requires it: `contactCenter`, `role`, `client` or `request`',
      repeated: 'number of further ones',
    },
  },
  token_exchanged: { when: 'a token was exchanged for another (RFC 8693)', kind: token, fields: exchange },
  token_revoked: { when: 'a token was revoked (RFC 7009)', kind: token },
  code_reused: { when: 'a code was used a second time; its tokens were revoked', kind: denied },
  refresh_reused: {
    when: 'a refresh token was used after its successor; the family was revoked',
    kind: denied,
  },
  assertion_accepted: {
    when: 'a token was issued for an assertion (RFC 7523)',
    kind: token,
    fields: {
      assertionIssuer: 'issuer of the assertion',
      subjectClient: 'client of the converted token',
      scope: 'what was granted',
    },
  },
} satisfies Record<string, CatalogueEntry>;
