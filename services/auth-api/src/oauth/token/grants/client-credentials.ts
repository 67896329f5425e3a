/** Grants a client a token for itself (RFC 6749 section 4.4): no user, no refresh token. */

import { unauthorizedClient } from '@gatehouse/caller-auth/oauth-errors';
import type { Clock } from '@gatehouse/service-kit/clock';
import { grantableScope } from '../../../core/protocol/parameters.ts';
import type { ContactCenterStatusCheck } from '../../../people/accounts/contact-center-status.ts';
import type { AuditWriter } from '../../../records/audit/event.ts';
import type { DetailReader } from '../../../registry/clients/detail-types.ts';
import type { Targets } from '../../../registry/clients/targets.ts';
import { clientTokenRecord, tokenAnswer } from '../../../tokens/access-token.ts';
import type { AccessTokens } from '../../../tokens/access-tokens.ts';
import type { StaleRegistrationTokens } from '../../../tokens/stale-registration-tokens.ts';
import {
  askedAudience,
  detailsParameter,
  type GrantHandler,
  resourceParameter,
  tokenIssued,
} from '../grant-handler.ts';

export interface ClientCredentialsDeps {
  accessTokens: Pick<AccessTokens, 'issue'>;
  /** Finds the contact centres of the client that are not switched off. */
  contactCenterStatus: Pick<ContactCenterStatusCheck, 'activeOf'>;
  details: DetailReader;
  targets: Targets;
  staleRegistrationTokens: Pick<StaleRegistrationTokens, 'check'>;
  now: Clock;
  /** Set if the installation audits every token; others only count them. */
  tokenAudit: AuditWriter | undefined;
}

export function clientCredentialsGrant(deps: ClientCredentialsDeps): GrantHandler {
  const { accessTokens, contactCenterStatus, details, targets, staleRegistrationTokens, now, tokenAudit } =
    deps;
  return {
    grantType: 'client_credentials',
    parameters: ['scope', detailsParameter, resourceParameter],
    async handle(request) {
      const { client, parameters, scope: requested, cnf } = request;
      const parameter = parameters.get(detailsParameter);
      const read = parameter === undefined ? undefined : await details.read(parameter, client);
      // RFC 9396 section 3: who asks for details alone gets nothing besides.
      const scope = read && requested === undefined ? [] : grantableScope(requested, client.scope);
      const issuedAtMs = now();
      const bound = client.contactCenterIds;
      // A token that is bound to no contact centre is good for all of them.
      const active = bound.length === 0 ? bound : await contactCenterStatus.activeOf(bound);
      if (bound.length > 0 && active.length === 0)
        throw unauthorizedClient('The contact centres of the client are disabled or were deleted', {
          refusal: 'contact_center_disabled',
        });
      const { audience, apis } = await targets.ofToken(client, await askedAudience(targets, request), {
        contactCenterIds: active,
      });
      const given = { scope, audience, details: read?.details, cnf, issuedAtMs };
      const record = clientTokenRecord(client, given, active);
      const [accessToken] = await Promise.all([
        accessTokens.issue(client, record),
        tokenAudit?.write(tokenIssued(request, { grantType: 'client_credentials', scope })),
      ]);
      await Promise.all(apis.map(staleRegistrationTokens.check));
      return tokenAnswer(accessToken, record);
    },
  };
}
