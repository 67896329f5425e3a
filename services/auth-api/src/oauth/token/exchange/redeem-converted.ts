/** Redeems a converted token for an access token of the client that presents it; it is checked as an exchange. */
import { invalidGrant, OAuthError } from '@gatehouse/caller-auth/oauth-errors';
import { exchangedAudience, requireServed, type Targets } from '../../../registry/clients/targets.ts';
import type { TokenAnswer } from '../../../tokens/access-token.ts';
import type { AccessTokens } from '../../../tokens/access-tokens.ts';
import { type GrantRequest, resourceParameter } from '../grant-handler.ts';
import type { ConvertedTokens } from './converted-tokens.ts';
import type { ExchangeIssuer } from './issue.ts';
import { checkHandedOver, type SubjectRecord } from './policy.ts';
import { tokenTypes } from './token-types.ts';

export interface RedeemConvertedDeps {
  issuer: string;
  accessTokens: AccessTokens;
  convertedTokens: ConvertedTokens;
  exchangeIssuer: ExchangeIssuer;
  targets: Targets;
  now(): number;
}

export interface RedeemedConverted {
  answer: TokenAnswer;
  subject: SubjectRecord;
}

/** @throws OAuthError invalid_grant */
export async function redeemConverted(
  deps: RedeemConvertedDeps,
  { client, parameters, scope, cnf }: GrantRequest,
  { assertion, grantType }: { assertion: string; grantType: string },
): Promise<RedeemedConverted> {
  const { issuer, accessTokens, convertedTokens, exchangeIssuer, targets, now } = deps;
  const resources = parameters.list(resourceParameter);
  const asked = await targets.asked({ client, resources, exchanges: true });
  const token = await convertedTokens.redeem(assertion);
  const stored = token === undefined ? undefined : await accessTokens.find(token);
  if (token === undefined || stored === undefined) {
    throw refused('it is unknown, expired or used, or the token behind it has ended');
  }
  const subject = asGrantError(() => checkHandedOver(client, stored.record(), issuer));
  requireServed(asked, subject.contactCenterIds);
  const audience = exchangedAudience(client, asked);
  const derivation = { client, grantType, subject, audience, scope, cnf, nowMs: now() };
  const issued = await exchangeIssuer.issue(tokenTypes.accessToken, derivation, [token]);
  // A revocation of the parent that ran meanwhile may have missed the new token.
  if ((await accessTokens.find(token)) === undefined) {
    await issued.revoke();
    throw refused('the token behind it was revoked meanwhile');
  }
  const { issued_token_type: _type, ...answer } = issued.answer;
  return { answer, subject };
}

function refused(detail: string): OAuthError {
  return invalidGrant('The assertion is invalid, expired, used or not meant for this client', {
    detail,
    refusal: 'grant_assertion_refused',
  });
}

/** RFC 7521 section 4.1.1: the error code of a refused assertion is invalid_grant. */
function asGrantError<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof OAuthError && error.name === 'invalid_request') throw invalidGrant(error.message);
    throw error;
  }
}
