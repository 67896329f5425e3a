/** Describes the access token that the operator gets by a link, and ends it with the account that it stands for. */
import { createHmac } from 'node:crypto';
import { consoleLinkGrantType } from '@gatehouse/contracts/auth-api';
import { deriveMacKeys, equalDigests, type Secret } from '@gatehouse/service-kit/crypto';
import type { AccessTokenRecord, LinkedOperator } from './access-token.ts';

/** Maximum time in the console; there is no refresh token. */
const lifeMs = 900_000;

/** Opaque, and of 256 bits in every profile. */
export const operatorTokenFormat = {
  accessTokenFormat: 'opaque',
  uuidAccessTokens: false,
  accessTokenSignedResponseAlg: 'RS256',
  accessTokenTyp: 'at+jwt',
} as const;

/** No person and no client has such a subject: those of people are UUIDs, and a client id has no colon. */
export function operatorSubject(account: string): string {
  return `operator:${account}`;
}

/** `linkMadeAtMs`: what revokes the operator from then on revokes the token, even if the link is redeemed later. */
export function operatorTokenRecord(
  clientId: string,
  operator: LinkedOperator,
  { linkMadeAtMs, issuedAtMs, cnf }: Pick<AccessTokenRecord, 'issuedAtMs' | 'cnf'> & { linkMadeAtMs: number },
): AccessTokenRecord {
  return {
    clientId,
    grantType: consoleLinkGrantType,
    scope: [],
    audience: [],
    // The rights are decided when the token is looked at.
    authorities: [],
    contactCenterIds: [],
    internalClient: false,
    issuedAtMs,
    expiresAtMs: issuedAtMs + lifeMs,
    authorizedAtMs: linkMadeAtMs,
    sub: operatorSubject(operator.account),
    operator,
    cnf,
  };
}

export type OperatorAccount = ReturnType<typeof createOperatorAccount>;

/**
 * The mark stands for name and password of the operator account. Links and tokens contain it, so that another password ends
 * them. It is made with a key that Redis does not have: nobody who reads Redis can try out passwords.
 */
export function createOperatorAccount(
  { username, password }: { username: string; password: Secret },
  encryptionKeys: Secret,
) {
  const text = JSON.stringify([username, password.reveal()]);
  const marks = deriveMacKeys(encryptionKeys, 'operator account').map((key) =>
    createHmac('sha256', key).update(text).digest('base64url'),
  );
  const [mark] = marks;
  if (mark === undefined) throw new Error('no encryption key is configured');
  return {
    sub: operatorSubject(username),
    mark,
    isCurrent: (given: string): boolean => marks.some((own) => equalDigests(own, given)),
  };
}
