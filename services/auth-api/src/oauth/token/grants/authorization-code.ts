/** Redeems an authorization code (RFC 6749 section 4.1.3) with its proof of possession (RFC 7636 section 4.6). */

import { invalidGrant } from '@gatehouse/caller-auth/oauth-errors';
import type { RefusalReason } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import { requireParameter } from '../../../core/protocol/parameters.ts';
import { provesCodeChallenge } from '../../../core/protocol/pkce.ts';
import type { AuditWriter } from '../../../records/audit/event.ts';
import type { Revocations } from '../../../records/revocation/revocations.ts';
import { followsFapi, onlyCenterOf, servesContactCenter } from '../../../registry/clients/client.ts';
import type { Families } from '../../../tokens/families.ts';
import { parseFamilyToken } from '../../../tokens/family-token.ts';
import { type CodeGrant, type Grant, isGrantRevoked } from '../../../tokens/grant.ts';
import type { UserTokenIssuer } from '../../../tokens/user-token-issuer.ts';
import {
  detailsParameter,
  type GrantHandler,
  type GrantRequest,
  type NarrowingDeps,
  narrowedBy,
  resourceParameter,
} from '../grant-handler.ts';

/** FAPI 2.0 section 5.3.2.1, even if the operator allows other codes a longer life. */
const maxFapiCodeAgeMs = 60_000;

export interface AuthorizationCodeDeps extends NarrowingDeps {
  families: Families;
  revocations: Revocations;
  userTokenIssuer: UserTokenIssuer;
  audit: AuditWriter;
  now: Clock;
}

export function authorizationCodeGrant(deps: AuthorizationCodeDeps): GrantHandler {
  const { families, revocations, userTokenIssuer, audit, now } = deps;
  return {
    grantType: 'authorization_code',
    parameters: ['code', 'redirect_uri', 'code_verifier', detailsParameter, resourceParameter],
    async handle({ client, parameters, cnf, correlationId, clientAddress }) {
      const code = parseFamilyToken(requireParameter(parameters, 'code'));
      if (code === undefined) throw refused('code_unknown', 'the code is malformed');
      await revocations.untilReady();
      // Consumed before the checks, so that of concurrent requests only one is checked.
      const consumed = await families.consumeCode(code);
      if (consumed.outcome === 'reused') {
        await Promise.all([
          families.end(code.familyId),
          audit.write({
            name: 'code_reused',
            outcome: 'failure',
            clientId: client.clientId,
            contactCenterId: onlyCenterOf(client),
            correlationId,
            clientAddress,
          }),
        ]);
        throw refused('code_used', 'the code was used before; its tokens are revoked');
      }
      if (consumed.outcome === 'unknown') throw refused('code_unknown', 'the code is unknown or expired');
      const { grant } = consumed;
      const problem = problemOf(grant, { client, parameters, cnf });
      if (problem !== undefined) throw refused(...problem);
      if (followsFapi(client) && now() - grant.authorizedAtMs > maxFapiCodeAgeMs)
        throw refused('code_unknown', 'the code is too old');
      await revocations.untilFresh();
      if (isGrantRevoked(grant, revocations))
        throw refused('sign_in_ended', 'the sign-in behind the code has ended');
      const narrowed = await narrowedBy(deps, { client, parameters }, grant);
      return userTokenIssuer.issue(client, grantOf(grant), cnf, narrowed);
    },
  };
}

/** The grant without the parameters of the authorization request. */
function grantOf({
  redirectUri: _uri,
  redirectUriGiven: _given,
  codeChallenge: _challenge,
  dpopJkt: _jkt,
  ...grant
}: CodeGrant): Grant {
  return grant;
}

/** The client is told that the code is invalid; only the log contains the reason. */
function refused(refusal: RefusalReason, detail: string) {
  return invalidGrant('The authorization code is invalid, expired, used or not meant for this request', {
    detail,
    refusal,
  });
}

function problemOf(
  grant: CodeGrant,
  { client, parameters, cnf }: Pick<GrantRequest, 'client' | 'parameters' | 'cnf'>,
): [RefusalReason, string] | undefined {
  if (grant.clientId !== client.clientId) return ['code_foreign', 'the code belongs to another client'];
  if (!servesContactCenter(client, grant.identity.contactCenterId))
    return ['contact_center_not_served', 'the client left the contact centre'];
  const redirectUri = parameters.get('redirect_uri');
  // RFC 6749 section 4.1.3: repeated if the authorization request had it, and identical.
  if (redirectUri === undefined ? grant.redirectUriGiven : redirectUri !== grant.redirectUri) {
    return ['code_redirect_uri_differs', 'the redirect_uri is not the one of the authorization request'];
  }
  if (!provesCodeChallenge(grant.codeChallenge, parameters.get('code_verifier')))
    return ['code_verifier_wrong', 'the code_verifier does not match'];
  // RFC 9449 section 10: the code is bound to the key that the authorization request named.
  if (grant.dpopJkt !== undefined && grant.dpopJkt !== cnf?.jkt)
    return ['code_key_wrong', 'the code is bound to another DPoP key'];
  return undefined;
}
