/** Issues what an exchange requests: an access token, a refresh token, an ID token or a JWT. */

import { invalidRequest, invalidScope, invalidTarget } from '@gatehouse/caller-auth/oauth-errors';
import { isProvenBy } from '@gatehouse/caller-auth/sender-constraint';
import { isResourceAddress } from '@gatehouse/contracts/resources';
import { isWithinScope, openidScope } from '../../../core/protocol/parameters.ts';
import type { Admission, Admitted } from '../../../people/accounts/admission.ts';
import type { ContactCenterStatusCheck } from '../../../people/accounts/contact-center-status.ts';
import type { Client } from '../../../registry/clients/client.ts';
import type { ClientDirectory } from '../../../registry/clients/directory.ts';
import { type TokenAnswer, tokenAnswer } from '../../../tokens/access-token.ts';
import type { AccessTokens } from '../../../tokens/access-tokens.ts';
import type { DerivedTokens } from '../../../tokens/derived-tokens.ts';
import type { Families } from '../../../tokens/families.ts';
import { formatFamilyToken, newSecret } from '../../../tokens/family-token.ts';
import type { IdTokens } from '../../../tokens/id-token.ts';
import { proofsOf, provedAtMsOf, seenAtMsOf } from '../../../tokens/session-reference.ts';
import { type Derivation, derivedGrant, derivedRecord } from './derived-record.ts';
import type { SubjectRecord } from './policy.ts';
import { type TokenType, tokenTypes } from './token-types.ts';

export interface IssuedExchange {
  answer: TokenAnswer;
  scope: string[];
  /** Revokes it, as far as a token of its type can be revoked. */
  revoke(): Promise<void>;
}

export type ExchangeIssuer = ReturnType<typeof createExchangeIssuer>;

export interface ExchangeIssuerOptions {
  accessTokens: AccessTokens;
  families: Families;
  idTokens: IdTokens;
  derivedTokens: Pick<DerivedTokens, 'recordFamily'>;
  directory: Pick<ClientDirectory, 'find'>;
  admission: Pick<Admission, 'admit'>;
  /** Whether the user's contact centre is still active. */
  contactCenterStatus: Pick<ContactCenterStatusCheck, 'require'>;
}

export function createExchangeIssuer(options: ExchangeIssuerOptions) {
  const { accessTokens, admission, contactCenterStatus } = options;

  async function accessToken(
    client: Client,
    record: SubjectRecord,
    parents: readonly string[],
  ): Promise<IssuedExchange> {
    const text = await accessTokens.issueDerived(client, record, parents);
    return {
      answer: answerOf(text, tokenTypes.accessToken, record),
      scope: record.scope,
      async revoke() {
        const facts = await accessTokens.findOwn(text, record.clientId);
        if (facts !== undefined) await accessTokens.end(text, facts);
      },
    };
  }

  /** As accessToken, but always as JWT (RFC 9068), whatever the client is registered for. */
  async function jwt(client: Client, record: SubjectRecord, parents: readonly string[]) {
    const issued = await accessToken({ ...client, accessTokenFormat: 'jwt' }, record, parents);
    return { ...issued, answer: { ...issued.answer, issued_token_type: tokenTypes.jwt } };
  }

  function issueAs(type: TokenType, derivation: Derivation, admitted: Admitted, parents: readonly string[]) {
    const record = derivedRecord(derivation, admitted, parents);
    switch (type) {
      case tokenTypes.refreshToken:
        return refreshToken(options, record, derivation, parents);
      case tokenTypes.idToken:
        return idToken(options, record, derivation);
      case tokenTypes.jwt:
        return jwt(derivation.client, record, parents);
      default:
        return accessToken(derivation.client, record, parents);
    }
  }

  return {
    /** @param parents the presented tokens: what is issued is revoked with any of them. @throws OAuthError */
    async issue(
      type: TokenType,
      derivation: Derivation,
      parents: readonly string[],
    ): Promise<IssuedExchange> {
      const { subject, client } = derivation;
      const asked = { act: 'exchange' as const, proofs: proofsOf(subject), client };
      const admitted = await admission.admit(subject.identity, asked);
      const issued = await issueAs(type, derivation, admitted, parents);
      await contactCenterStatus.require(subject.identity, provedAtMsOf(subject));
      return issued;
    },
  };
}

async function refreshToken(
  { families, derivedTokens }: Pick<ExchangeIssuerOptions, 'families' | 'derivedTokens'>,
  record: SubjectRecord,
  derivation: Derivation,
  parents: readonly string[],
): Promise<IssuedExchange> {
  const { tokenExchange, grantTypes } = derivation.client;
  if (!tokenExchange.refreshTokens || !grantTypes.includes('refresh_token')) {
    throw invalidRequest('The client may not exchange for refresh tokens');
  }
  // The client could renew without the key that the subject token is bound to.
  if (derivation.subject.cnf !== undefined) {
    throw invalidRequest('A subject_token that is bound to its sender is not exchanged for a refresh token');
  }
  const grant = derivedGrant(record, derivation);
  const { familyId, endsAtMs } = grant;
  const refresh = { familyId, secret: newSecret() };
  const { refreshTokenIdleSeconds: idleSeconds } = derivation.client;
  await Promise.all([
    families.openRefresh(refresh, grant, { endsAtMs, idleSeconds, boundTo: '' }),
    derivedTokens.recordFamily(familyId, { issuedAtMs: record.issuedAtMs, expiresAtMs: endsAtMs }, parents),
  ]);
  return {
    answer: answerOf(formatFamilyToken(refresh), tokenTypes.refreshToken, {
      ...record,
      expiresAtMs: endsAtMs,
    }),
    scope: record.scope,
    revoke: () => families.end(familyId),
  };
}

async function idToken(
  { idTokens, directory }: Pick<ExchangeIssuerOptions, 'idTokens' | 'directory'>,
  record: SubjectRecord,
  { subject, cnf }: Derivation,
): Promise<IssuedExchange> {
  // ID tokens are not bound to a key, so the key of the subject token must be proved now.
  if (!isProvenBy(subject.cnf, cnf)) {
    throw invalidRequest(
      'A subject_token that is bound to its sender is exchanged for an ID token with its own proof only',
    );
  }
  // An API that was asked for by its address is named by both.
  const [audience, ...others] = record.audience.filter((name) => !isResourceAddress(name));
  if (audience === undefined || others.length > 0)
    throw invalidTarget('An ID token is for one audience: ask for one');
  if (!isWithinScope([openidScope], record.scope))
    throw invalidScope('An ID token needs the scope openid: the subject_token has no such scope');
  const { identity, session, acr, amr, issuedAtMs, expiresAtMs, clientId, act } = record;
  const text = await idTokens.sign({
    person: identity,
    clientId: audience,
    issuedAtMs,
    expiresAtMs,
    authTimeMs: session === undefined ? record.authorizedAtMs : seenAtMsOf(session),
    acr,
    amr,
    session,
    // The audience expects the algorithms of its own registration, not of the requester's.
    reader: await directory.find(audience),
    // OpenID Connect Core section 2: azp names the client that it was issued to, if that is not the audience.
    authorizedParty: clientId,
    act,
  });
  return {
    answer: answerOf(text, tokenTypes.idToken, record),
    scope: record.scope,
    revoke: () => Promise.resolve(),
  };
}

/** RFC 8693 section 2.2.1: any issued token is the access_token of the answer; N_A says that it is none. */
function answerOf(text: string, type: TokenType, record: SubjectRecord): TokenAnswer {
  const answer = { ...tokenAnswer(text, record), issued_token_type: type };
  return type === tokenTypes.accessToken ? answer : { ...answer, token_type: 'N_A' };
}
