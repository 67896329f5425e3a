/** Clients that register themselves (RFC 7591) and manage their registration (RFC 7592). */

import { parseBearerToken } from '@gatehouse/caller-auth/credentials/basic-auth';
import type { SecretVerifier } from '@gatehouse/caller-auth/credentials/secret-verifier';
import { equalDigests, safeEqual, sha256 } from '@gatehouse/service-kit/crypto/digest';
import { AppError } from '@gatehouse/service-kit/errors/app-error';
import { invalidToken, OAuthError } from '@gatehouse/service-kit/errors/oauth-error';
import type { AttemptLimiter } from '@gatehouse/service-kit/limits/attempt-limiter';
import { randomToken } from '@gatehouse/service-kit/random';
import type { Secret } from '@gatehouse/service-kit/secret';
import type { AuditWriter } from '../audit/event.ts';
import { type Client, usesSecret } from '../clients/client.ts';
import type { ClientDirectory } from '../clients/directory.ts';
import type { ClientService } from '../clients/service.ts';
import { metadataOf, refusal, registrationOf } from './metadata.ts';
import type { ClientMetadata } from './metadata-schemas.ts';

export interface RegistrationCall {
  authorization: string | undefined;
  clientAddress: string;
  correlationId: string;
}

export type RegistrationAnswer = Record<string, unknown>;

export interface Registrations {
  /** @throws OAuthError invalid_token without the initial access token, invalid_client_metadata …; AppError (429) */
  register(metadata: ClientMetadata, call: RegistrationCall): Promise<RegistrationAnswer>;
  /** The others need the registration access token of that client. @throws OAuthError invalid_token */
  read(clientId: string, call: RegistrationCall): Promise<RegistrationAnswer>;
  replace(
    clientId: string,
    metadata: ClientMetadata & { client_id: string; client_secret?: string | undefined },
    call: RegistrationCall,
  ): Promise<RegistrationAnswer>;
  remove(clientId: string, call: RegistrationCall): Promise<void>;
}

export interface RegistrationsOptions {
  issuer: string;
  /** Undefined: nobody may register. */
  initialAccessToken: Secret | undefined;
  scopes: readonly string[];
  clients: ClientService;
  directory: Pick<ClientDirectory, 'find'>;
  verifier: SecretVerifier;
  /** Wrong tokens from one address. */
  failures: AttemptLimiter;
  /** Writes of refusals, of which a stranger may cause as many as he likes. */
  audit: Pick<AuditWriter, 'write'>;
}

export function createRegistrations(options: RegistrationsOptions): Registrations {
  const { issuer, initialAccessToken, scopes, clients, directory, verifier, failures, audit } = options;

  async function refuse(call: RegistrationCall, detail: string, clientId?: string): Promise<never> {
    await audit.write({
      ...{ name: 'registration_refused', outcome: 'failure', ...originOf(call) },
      ...(clientId === undefined ? {} : { clientId }),
    });
    throw invalidToken({ detail });
  }

  async function checkInitialToken(call: RegistrationCall): Promise<void> {
    const { authorization, clientAddress } = call;
    failures.reserve(clientAddress);
    const token = parseBearerToken(authorization);
    if (
      token === undefined ||
      initialAccessToken === undefined ||
      !safeEqual(token, initialAccessToken.reveal())
    ) {
      await refuse(call, 'no or a wrong initial access token');
    }
    failures.release(clientAddress);
  }

  /** RFC 7592 section 2: the same answer for a wrong token and for a client that is not there. */
  async function requireOwner(clientId: string, call: RegistrationCall): Promise<Client> {
    const token = parseBearerToken(call.authorization);
    const client = await directory.find(clientId);
    const hash = client?.registrationAccessTokenHash;
    if (
      client === undefined ||
      hash === undefined ||
      token === undefined ||
      !equalDigests(sha256(token), hash)
    ) {
      return refuse(call, 'no or a wrong registration access token', client?.clientId);
    }
    return client;
  }

  function answerOf(client: Client): RegistrationAnswer {
    return {
      client_id: client.clientId,
      client_id_issued_at: Math.floor(client.createdAtMs / 1000),
      ...metadataOf(client),
      registration_client_uri: `${issuer}/oauth/register/${encodeURIComponent(client.clientId)}`,
    };
  }

  return {
    async register(metadata, call) {
      await checkInitialToken(call);
      const token = randomToken();
      const actor = { name: 'dynamic registration', ...originOf(call) };
      const { client, secret } = await clients
        .create(registrationOf(metadata, scopes), actor, { registrationAccessTokenHash: sha256(token) })
        .catch(explain);
      return {
        ...answerOf(client),
        ...(secret === undefined ? {} : { client_secret: secret, client_secret_expires_at: 0 }),
        registration_access_token: token,
      };
    },

    async read(clientId, call) {
      return answerOf(await requireOwner(clientId, call));
    },

    async replace(clientId, { client_id: named, client_secret: secret, ...metadata }, call) {
      const current = await requireOwner(clientId, call);
      if (named !== clientId) throw mismatch('client_id: must be the client of the address');
      await checkSecret(current, secret, call);
      const patch = registrationOf(metadata, scopes);
      const nextMethod = patch.tokenEndpointAuthMethod ?? undefined;
      if (!usesSecret(current) && nextMethod?.startsWith('client_secret')) {
        throw mismatch('token_endpoint_auth_method: this client has no secret; register anew to get one');
      }
      const actor = { name: clientId, ...originOf(call) };
      return answerOf(await clients.update(clientId, patch, actor).catch(explain));
    },

    async remove(clientId, call) {
      await requireOwner(clientId, call);
      await clients.remove(clientId, { name: clientId, ...originOf(call) });
    },
  };

  /** RFC 7592 section 2.2: what is sent must be the one that it has; a client does not choose its secret. */
  async function checkSecret(
    { clientId, secrets }: Client,
    presented: string | undefined,
    { clientAddress }: RegistrationCall,
  ): Promise<void> {
    if (presented === undefined) return;
    if (await verifier.verify({ owner: clientId, secrets, presented, clientAddress })) return;
    throw mismatch('client_secret: is not the secret of this client');
  }
}

function originOf({ clientAddress, correlationId }: RegistrationCall) {
  return { clientAddress, correlationId };
}

function mismatch(description: string): OAuthError {
  return new OAuthError('invalid_client_metadata', 400, description);
}

/** What client administration finds, in the names of the metadata. */
function explain(error: unknown): never {
  if (error instanceof AppError && error.status === 400 && error.problems.length > 0)
    throw refusal(error.problems);
  throw error;
}
