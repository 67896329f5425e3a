/** Finds the person whom a client wants to ask (OpenID CIBA section 7.1): by a user name, an ID token, or a token of a registered issuer. */

import { invalidRequest, OAuthError } from '@gatehouse/caller-auth/oauth-errors';
import { AppError, unavailable } from '@gatehouse/service-kit/errors';
import type { Tries } from '../../browser/devices/attempts.ts';
import { UntrustedAssertion } from '../../core/assertions/untrusted.ts';
import { ExpiredJwt } from '../../core/assertions/verify-jwt.ts';
import type { LoginNames } from '../../people/accounts/login-name.ts';
import type { UserService } from '../../people/accounts/service.ts';
import type { PersonKey } from '../../records/revocation/revocation.ts';
import { type Client, servesContactCenter } from '../../registry/clients/client.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import { contactCenterOf, type IdTokens } from '../../tokens/id-token.ts';
import type { RegisteredAssertions } from '../token/registered-assertions.ts';
import type { Hint } from './read-request.ts';

export interface HintsOptions {
  loginNames: LoginNames;
  contactCenters: Pick<ContactCenterService, 'resolve' | 'get'>;
  users: Pick<UserService, 'find'>;
  idTokens: Pick<IdTokens, 'recognize'>;
  registeredAssertions: RegisteredAssertions;
  /** Bounds how many names a client may try that nobody has. */
  tries: Tries;
}

export type Hints = ReturnType<typeof createHints>;

export function createHints(options: HintsOptions) {
  const { loginNames, contactCenters, users, idTokens, registeredAssertions, tries } = options;

  /** As sign-in reads it; a name without a tenant belongs to the one contact centre of the client. */
  async function findContactCenter({ contactCenterIds }: Client, tenant: string | undefined) {
    const [only, ...others] = contactCenterIds;
    try {
      return await (tenant === undefined && only !== undefined && others.length === 0
        ? contactCenters.get(only)
        : contactCenters.resolve(tenant));
    } catch (cause) {
      throw unavailable('Environment API', { cause });
    }
  }

  async function byName(client: Client, typed: string): Promise<PersonKey | undefined> {
    const { userName, tenant } = loginNames.read({ userName: typed });
    const contactCenter = await findContactCenter(client, tenant);
    if (contactCenter === undefined || !servesContactCenter(client, contactCenter.id)) return undefined;
    const person = await users.find(contactCenter, userName);
    return person?.isEnabled ? { sub: person.sub, contactCenterId: contactCenter.id } : undefined;
  }

  /** An ID token of this client: a token that was issued to another must not let this one ask. */
  async function byIdToken(client: Client, text: string): Promise<PersonKey> {
    const idToken = await idTokens.recognize(text);
    if (idToken === undefined || idToken.clientId !== client.clientId || idToken.isDerived)
      throw invalidRequest('The id_token_hint is not an ID token that this client was issued');
    const contactCenterId = contactCenterOf(idToken, client);
    if (contactCenterId === undefined || !servesContactCenter(client, contactCenterId))
      throw unknownUser('id_token_hint: it names no contact centre that the client serves');
    return { contactCenterId, sub: idToken.sub };
  }

  async function byHintToken(client: Client, token: string): Promise<PersonKey | undefined> {
    try {
      const { identity } = await registeredAssertions.verify(client, token, 'hint');
      return { sub: identity.sub, contactCenterId: identity.contactCenterId };
    } catch (error) {
      if (error instanceof ExpiredJwt)
        throw new OAuthError('expired_login_hint_token', 400, 'The login_hint_token has expired');
      if (!(error instanceof UntrustedAssertion)) throw error;
      throw unknownUser(`login_hint_token: ${error.message}`);
    }
  }

  async function find(client: Client, { name, value }: Hint): Promise<PersonKey> {
    if (name === 'id_token_hint') return byIdToken(client, value);
    const person = await (name === 'login_hint' ? byName(client, value) : byHintToken(client, value));
    if (person === undefined) throw unknownUser('login_hint: nobody whom the client may ask has this name');
    return person;
  }

  return {
    /**
     * The specification lets an authenticated client hear that there is nobody of that name. The reason stays in the log,
     * and the number of such answers is bounded.
     * @throws OAuthError; AppError (429, 503)
     */
    async find(client: Client, hint: Hint): Promise<PersonKey> {
      await tries.reserve(client.clientId);
      try {
        const person = await find(client, hint);
        await tries.release(client.clientId);
        return person;
      } catch (error) {
        // An outage is not the client's fault.
        if (error instanceof AppError && error.status >= 500) await tries.release(client.clientId);
        throw error;
      }
    },
  };
}

function unknownUser(detail: string): OAuthError {
  return new OAuthError('unknown_user_id', 400, 'There is nobody of that name whom this client may ask', {
    detail,
  });
}
