/** Grants tokens for a SAML assertion of a registered issuer (RFC 7522 section 2.1). */
import { samlBearerGrantType as grantType } from '../../../core/protocol/grant-types.ts';
import { requireParameter } from '../../../core/protocol/parameters.ts';
import { type RedeemAssertedDeps, recordRefusals, redeemAsserted } from '../exchange/redeem-asserted.ts';
import { type GrantHandler, resourceParameter } from '../grant-handler.ts';
import type { SamlAssertions } from '../saml-assertions.ts';

export interface SamlBearerDeps extends RedeemAssertedDeps {
  samlAssertions: SamlAssertions;
}

export function samlBearerGrant(deps: SamlBearerDeps): GrantHandler {
  const { samlAssertions } = deps;
  return {
    grantType,
    parameters: ['assertion', 'scope', resourceParameter],
    async handle(request) {
      const assertion = requireParameter(request.parameters, 'assertion');
      const detail = { grantType, issuerOf: () => samlAssertions.issuerOf(assertion) };
      return recordRefusals(deps, request, detail, async () => {
        await deps.revocations.untilReady();
        const asserted = await samlAssertions.verify(request.client, assertion);
        return redeemAsserted(deps, request, { asserted, grantType });
      });
    },
  };
}
