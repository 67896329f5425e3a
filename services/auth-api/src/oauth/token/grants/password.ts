/** Grants tokens for a user's name and password (RFC 6749 section 4.3), to clients of existing installations. */

import { invalidGrant, invalidRequest } from '@gatehouse/caller-auth/oauth-errors';
import { AppError } from '@gatehouse/service-kit/errors';
import { grantableScope, requireParameter } from '../../../core/protocol/parameters.ts';
import type { AuthenticatedLogin, Login } from '../../../people/accounts/authenticate.ts';
import type { UserService } from '../../../people/accounts/service.ts';
import type { Revocations } from '../../../records/revocation/revocations.ts';
import type { Targets } from '../../../registry/clients/targets.ts';
import { newFamilyId } from '../../../tokens/family-token.ts';
import type { UserTokenIssuer } from '../../../tokens/user-token-issuer.ts';
import { askedAudience, type GrantHandler, resourceParameter } from '../grant-handler.ts';

export interface PasswordDeps {
  users: UserService;
  userTokenIssuer: UserTokenIssuer;
  revocations: Revocations;
  targets: Targets;
}

export function passwordGrant({ users, userTokenIssuer, revocations, targets }: PasswordDeps): GrantHandler {
  return {
    grantType: 'password',
    parameters: ['username', 'password', 'tenant', 'scope', resourceParameter],
    async handle({ client, parameters, scope: requested, cnf, clientAddress, correlationId }) {
      const userName = requireParameter(parameters, 'username');
      const password = requireParameter(parameters, 'password');
      const scope = grantableScope(requested, client.scope);
      const audience = await askedAudience(targets, { client, parameters });
      await revocations.untilFresh();
      const { identity, provedAtMs } = await authenticate(users, {
        userName,
        password,
        tenant: parameters.get('tenant'),
        clientId: client.clientId,
        contactCenterIds: client.contactCenterIds,
        clientAddress,
        correlationId,
      });
      const grant = {
        familyId: newFamilyId(),
        clientId: client.clientId,
        grantType: 'password',
        scope,
        audience,
        identity,
        // If the person was disabled while the password was verified, these tokens are revoked too.
        authorizedAtMs: provedAtMs,
      };
      return userTokenIssuer.issue(client, grant, cnf);
    },
  };
}

/** A refused login is an invalid grant; throttling and outages keep their own status. */
async function authenticate(users: UserService, login: Login): Promise<AuthenticatedLogin> {
  try {
    return await users.authenticate(login);
  } catch (error) {
    if (!(error instanceof AppError) || error.status === 429 || error.status >= 500) throw error;
    const make = error.status === 400 ? invalidRequest : invalidGrant;
    throw make(error.message, { detail: error.detail ?? error.name, refusal: 'person_refused' });
  }
}
