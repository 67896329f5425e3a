/** Grants tokens for an assertion (RFC 7523 section 2.1): a converted token of this server, or one of a registered issuer. */
import { unprovedClaims } from '../../../core/assertions/verify-jwt.ts';
import { jwtBearerGrantType as grantType } from '../../../core/protocol/grant-types.ts';
import { requireParameter } from '../../../core/protocol/parameters.ts';
import type { TokenAnswer } from '../../../tokens/access-token.ts';
import {
  type RedeemAssertedDeps,
  recordRefusals,
  redeemAsserted,
  redemptionEventOf,
} from '../exchange/redeem-asserted.ts';
import { type RedeemConvertedDeps, redeemConverted } from '../exchange/redeem-converted.ts';
import { type GrantHandler, type GrantRequest, resourceParameter } from '../grant-handler.ts';
import type { RegisteredAssertions } from '../registered-assertions.ts';

export interface JwtBearerDeps extends RedeemConvertedDeps, RedeemAssertedDeps {
  accessTokens: RedeemConvertedDeps['accessTokens'];
  registeredAssertions: RegisteredAssertions;
}

export function jwtBearerGrant(deps: JwtBearerDeps): GrantHandler {
  const { issuer, registeredAssertions, audit } = deps;

  async function redeemOwn(request: GrantRequest, assertion: string): Promise<TokenAnswer> {
    const { answer, subject } = await redeemConverted(deps, request, { assertion, grantType });
    await audit.write(
      redemptionEventOf(request, {
        name: 'assertion_accepted',
        outcome: 'success',
        sub: subject.identity.sub,
        contactCenterId: subject.identity.contactCenterId,
        sid: subject.session?.sid,
        fields: { assertionIssuer: issuer, subjectClient: subject.clientId, scope: answer.scope ?? '' },
      }),
    );
    return answer;
  }

  return {
    grantType,
    parameters: ['assertion', 'scope', resourceParameter],
    async handle(request) {
      const assertion = requireParameter(request.parameters, 'assertion');
      const { iss } = unprovedClaims(assertion);
      return recordRefusals(deps, request, { grantType, issuerOf: () => iss }, async () => {
        await deps.revocations.untilReady();
        if (iss === issuer) return redeemOwn(request, assertion);
        const asserted = await registeredAssertions.verify(request.client, assertion);
        return redeemAsserted(deps, request, { asserted, grantType });
      });
    },
  };
}
