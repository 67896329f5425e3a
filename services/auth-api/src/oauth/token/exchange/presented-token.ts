/** Reads the subject_token and the actor_token of an exchange (RFC 8693 section 2.1). */

import { invalidRequest } from '@gatehouse/caller-auth/oauth-errors';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { SessionService } from '../../../browser/sessions/service.ts';
import { type RequestParameters, requireParameter } from '../../../core/protocol/parameters.ts';
import type { Revocations } from '../../../records/revocation/revocations.ts';
import type { Client } from '../../../registry/clients/client.ts';
import type { ClientDirectory } from '../../../registry/clients/directory.ts';
import type { AccessTokenRecord, StoredAccessToken } from '../../../tokens/access-token.ts';
import type { AccessTokens } from '../../../tokens/access-tokens.ts';
import { contactCenterOf, type IdTokens } from '../../../tokens/id-token.ts';
import { partyNamedBy } from '../../../tokens/lineage.ts';
import { referenceTo } from '../../../tokens/session-reference.ts';
import { tokenTypes } from './token-types.ts';

export interface PresentedToken {
  text: string;
  record: AccessTokenRecord;
  /** Checks again whether it was revoked. */
  isAlive(): Promise<boolean>;
}

/** A token that may be used; that it is alive is asked again, without its record. */
type Found = Pick<StoredAccessToken, 'record'>;

export type PresentedTokens = ReturnType<typeof createPresentedTokens>;

export interface PresentedTokensOptions {
  accessTokens: AccessTokens;
  idTokens: IdTokens;
  sessions: Pick<SessionService, 'findOne'>;
  directory: Pick<ClientDirectory, 'find'>;
  revocations: Revocations;
  now: Clock;
}

/** An ID token only permits to learn who the user is. */
const identityScope = ['openid', 'profile', 'email'];

export function createPresentedTokens(options: PresentedTokensOptions) {
  const { accessTokens, idTokens, sessions, directory, revocations, now } = options;

  /** An ID token stands for a login, so its session must be alive; without a session it is refused. */
  async function findByIdToken(text: string): Promise<Found | undefined> {
    const token = await idTokens.recognize(text);
    if (token?.sid === undefined || token.expiresAtMs <= now()) return undefined;
    // The lineage of a derived ID token is unknown.
    if (token.isDerived) return undefined;
    await revocations.untilFresh();
    const { sub, sid, clientId, issuedAtMs } = token;
    const client = await directory.find(clientId);
    if (client === undefined) return undefined;
    const contactCenterId = contactCenterOf(token, client);
    if (contactCenterId === undefined) return undefined;
    const session = await sessions.findOne({ contactCenterId, sub }, sid);
    if (session === undefined) return undefined;
    const { identity } = session;
    const contactCenterIds = [contactCenterId];
    if (revocations.isRevoked({ sub, sid, clientId, contactCenterIds, issuedAtMs })) return undefined;
    const record = (): AccessTokenRecord => ({
      clientId,
      grantType: 'authorization_code',
      scope: identityScope,
      audience: [clientId],
      authorities: identity.authorities.map(({ name }) => name),
      contactCenterIds,
      internalClient: false,
      issuedAtMs,
      expiresAtMs: token.expiresAtMs,
      authorizedAtMs: issuedAtMs,
      sub,
      session: referenceTo(session),
      mayAct: partyNamedBy(client),
      identity,
    });
    return { record };
  }

  function finderFor(
    type: string,
    role: string,
    client: Client,
  ): (text: string) => Promise<Found | undefined> {
    switch (type) {
      case tokenTypes.accessToken:
      case tokenTypes.jwt:
        return accessTokens.find;
      case tokenTypes.idToken:
        if (client.tokenExchange.idTokens) return findByIdToken;
        throw invalidRequest('The client may not exchange ID tokens', { refusal: 'exchange_not_allowed' });
      default:
        throw invalidRequest(
          `The ${role}_token_type must be ${tokenTypes.accessToken}, ${tokenTypes.jwt} or ${tokenTypes.idToken}`,
        );
    }
  }

  return {
    /** @throws OAuthError invalid_request: the code of RFC 8693 section 2.2.2 for a token that is not accepted */
    async read(
      role: 'subject' | 'actor',
      client: Client,
      parameters: RequestParameters,
    ): Promise<PresentedToken> {
      const type = requireParameter(parameters, `${role}_token_type`);
      const text = requireParameter(parameters, `${role}_token`);
      const find = finderFor(type, role, client);
      const found = type === tokenTypes.jwt && !isJwt(text) ? undefined : await find(text);
      if (found === undefined) throw tokenRefused(role);
      return { text, record: found.record(), isAlive: async () => (await find(text)) !== undefined };
    },
  };
}

export function tokenRefused(role: 'subject' | 'actor') {
  return invalidRequest(`The ${role}_token is invalid, expired or revoked`, {
    refusal: `${role}_token_refused`,
  });
}

function isJwt(text: string): boolean {
  return text.split('.').length === 3;
}
