/** The user's own name and password (RFC 6749 section 4.3): for clients of existing installations that list it. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { AppError } from '@gatehouse/service-kit/errors/app-error';
import { invalidGrant, invalidRequest, invalidScope } from '@gatehouse/service-kit/errors/oauth-error';
import type { CutOffs } from '../../tokens/cut-offs.ts';
import { newFamilyId } from '../../tokens/family-token.ts';
import type { TokenIssuer } from '../../tokens/issue.ts';
import type { UserIdentity } from '../../users/identity.ts';
import type { Login, UserService } from '../../users/user-service.ts';
import { requireParameter } from '../parameters.ts';
import { narrowScope } from '../scopes.ts';
import type { GrantHandler } from './grant-handler.ts';

export interface PasswordDeps {
  users: UserService;
  tokenIssuer: TokenIssuer;
  cutOffs: CutOffs;
  now: Clock;
}

export function passwordGrant({ users, tokenIssuer, cutOffs, now }: PasswordDeps): GrantHandler {
  return {
    grantType: 'password',
    parameters: ['username', 'password', 'tenant', 'scope'],
    async handle({ client, parameters, scope: requested, clientAddress, correlationId }) {
      const userName = requireParameter(parameters, 'username');
      const password = requireParameter(parameters, 'password');
      const scope = narrowScope(requested, client.scope);
      if (scope === undefined) throw invalidScope('The client may not have this scope');
      cutOffs.assertFresh();
      const identity = await authenticate(users, {
        userName,
        password,
        tenant: parameters.get('tenant'),
        clientId: client.clientId,
        contactCenterIds: client.contactCenterIds,
        clientAddress,
        correlationId,
      });
      return tokenIssuer.issueForUser(client, {
        familyId: newFamilyId(),
        clientId: client.clientId,
        grantType: 'password',
        scope,
        audience: [],
        identity,
        authorizedAtMs: now(),
      });
    },
  };
}

/** A refused sign-in is an invalid grant; throttling and outages keep their own status. */
async function authenticate(users: UserService, login: Login): Promise<UserIdentity> {
  try {
    return (await users.authenticate(login)).identity;
  } catch (error) {
    if (!(error instanceof AppError) || error.status === 429 || error.status >= 500) throw error;
    const make = error.status === 400 ? invalidRequest : invalidGrant;
    throw make(error.message, { detail: error.detail ?? error.name });
  }
}
