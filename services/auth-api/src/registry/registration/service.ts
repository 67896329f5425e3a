/** Registers clients on their own request (RFC 7591) and lets them manage their registration (RFC 7592). */
import { randomToken, sha256 } from '@gatehouse/service-kit/crypto';
import { AppError } from '@gatehouse/service-kit/errors';
import { type Client, usesSecret } from '../clients/client.ts';
import type { ClientService } from '../clients/service.ts';
import { reservedName } from '../clients/validation/reserved-names.ts';
import type { ClientPatch } from '../clients/validation/schemas.ts';
import { metadataOf, type RegistrationLimits, refusal, registrationOf, wrong } from './metadata.ts';
import type { ClientMetadata } from './metadata-schemas.ts';
import {
  createRegistrationProofs,
  originOf,
  type RegistrationCall,
  type RegistrationProofsOptions,
} from './proofs.ts';

export interface RegistrationAnswer extends Record<string, unknown> {
  client_id: string;
  ignored_metadata?: string[];
}

type UpdatedMetadata = ClientMetadata & { client_id: string; client_secret?: string | undefined };

export type Registrations = ReturnType<typeof createRegistrations>;

interface RegistrationsOptions extends RegistrationProofsOptions {
  issuer: string;
  limits: RegistrationLimits;
  /** Whether a new client must send a code challenge; afterwards the operator decides, and an update changes nothing. */
  requirePkce: boolean;
  nameOfInstallation(): Promise<string | undefined>;
  clients: ClientService;
}

export function createRegistrations(options: RegistrationsOptions) {
  const { issuer, limits, requirePkce, clients } = options;
  const { checkInitialToken, requireOwner, checkSecret } = createRegistrationProofs(options);

  /** People would trust it. A name that was registered before this rule stays. @throws OAuthError, AppError 503 */
  async function refuseReservedName({ client_name: name }: ClientMetadata, stored?: string): Promise<void> {
    if (name === undefined || name === stored) return;
    const reserved = reservedName(name, await options.nameOfInstallation());
    if (reserved === undefined) return;
    throw wrong('client_name', `passes for ${reserved}, a name that only an operator may give`);
  }

  /** RFC 7591 section 3.2.1: the answer says what is registered; of what was sent, it names what is not. */
  function answerOf(client: Client, sent: ClientMetadata = {}): RegistrationAnswer {
    const kept = metadataOf(client);
    const ignored = Object.keys(sent).filter((name) => !Object.hasOwn(kept, name));
    return {
      client_id: client.clientId,
      client_id_issued_at: Math.floor(client.createdAtMs / 1000),
      ...kept,
      ...(ignored.length > 0 && { ignored_metadata: ignored }),
      registration_client_uri: `${issuer}/oauth/register/${encodeURIComponent(client.clientId)}`,
    };
  }

  return {
    /** @throws OAuthError invalid_token without the initial access token, invalid_client_metadata …; AppError (429) */
    async register(metadata: ClientMetadata, call: RegistrationCall): Promise<RegistrationAnswer> {
      await checkInitialToken(call);
      await refuseReservedName(metadata);
      const token = randomToken();
      const actor = { name: 'dynamic registration', ...originOf(call) };
      const patch = { ...registrationOf(metadata, limits), requirePkce };
      const own = { registrationAccessTokenHash: sha256(token) };
      const { client, secret } = await written(patch, (given) => clients.create(given, actor, own));
      return {
        ...answerOf(client, metadata),
        ...(secret !== undefined && { client_secret: secret, client_secret_expires_at: 0 }),
        registration_access_token: token,
      };
    },

    /** Needs, like `replace` and `remove`, the registration access token of the client. @throws OAuthError invalid_token */
    async read(clientId: string, call: RegistrationCall): Promise<RegistrationAnswer> {
      return answerOf(await requireOwner(clientId, call));
    },

    async replace(
      clientId: string,
      updated: UpdatedMetadata,
      call: RegistrationCall,
    ): Promise<RegistrationAnswer> {
      const { client_id: named, client_secret: secret, ...metadata } = updated;
      const current = await requireOwner(clientId, call);
      if (named !== clientId) throw wrong('client_id', 'must be the client of the address');
      await checkSecret(current, secret, call);
      await refuseReservedName(metadata, current.name);
      const patch = registrationOf(metadata, limits, current);
      const nextMethod = patch.tokenEndpointAuthMethod ?? undefined;
      if (!usesSecret(current) && nextMethod?.startsWith('client_secret')) {
        throw wrong('token_endpoint_auth_method', 'this client has no secret; register anew to get one');
      }
      const actor = { name: clientId, ...originOf(call) };
      const replaced = await written(patch, (given) => clients.update(clientId, given, actor));
      return answerOf(replaced, metadata);
    },

    async remove(clientId: string, call: RegistrationCall): Promise<void> {
      await requireOwner(clientId, call);
      await clients.remove(clientId, { name: clientId, ...originOf(call) });
    },
  };
}

/**
 * A picture that cannot be had is left out (RFC 7591 section 3.2.1): other servers ignore `logo_uri`, so software sends what no
 * server has ever looked at.
 */
async function written<T>(patch: ClientPatch, write: (given: ClientPatch) => Promise<T>): Promise<T> {
  try {
    return await write(patch);
  } catch (error) {
    if (!(error instanceof AppError) || error.problems.length === 0) throw error;
    const isAboutLogo = error.problems.every(({ field }) => field === 'data.logoUri');
    if (isAboutLogo && patch.logoUri) return written({ ...patch, logoUri: null }, write);
    // Client administration names its own fields.
    throw error.status === 400 ? refusal(error.problems) : error;
  }
}
