/** Authenticates clients at every endpoint that they call (RFC 6749 section 2.3). */
import type { SecretVerifier } from '@gatehouse/caller-auth/credentials';
import { invalidRequest } from '@gatehouse/caller-auth/oauth-errors';
import type { SenderRequest } from '@gatehouse/caller-auth/sender-constraint';
import { nameCorsCaller } from '@gatehouse/service-kit/http';
import type { LastUses } from '@gatehouse/service-kit/postgres';
import { readParameters } from '../../core/protocol/parameters.ts';
import { shownUnknownId } from '../../core/protocol/unknown-client-id.ts';
import { type Client, type ClientAuthMethod, usesSecret } from '../../registry/clients/client.ts';
import type { ClientDirectory } from '../../registry/clients/directory.ts';
import type { ClientAssertions } from './client-assertion.ts';
import { type Presented, readClientAssertion, readCredentials, type SentCredentials } from './credentials.ts';
import { ClientRefusal, type ReportRefusal } from './refusals.ts';

/** The parts of a request to an endpoint of clients. */
export interface ClientCall extends SentCredentials {
  /** The request itself: its DPoP proof and TLS certificate. */
  sender: SenderRequest;
  clientAddress: string;
  correlationId: string;
}

interface FormRequest extends SenderRequest {
  readonly body: unknown;
  readonly ip: string;
  readonly id: string;
}

export interface ClientAuthenticationOptions {
  directory: Pick<ClientDirectory, 'find'>;
  verifier: Pick<SecretVerifier, 'verify'>;
  assertions: ClientAssertions;
  report: ReportRefusal;
  uses: Pick<LastUses, 'record'>;
}

export type ClientAuthentication = ReturnType<typeof createClientAuthentication>;

/** Reads a form request. @throws OAuthError invalid_request for parameters that are repeated or in the query */
export function callOf(request: FormRequest): ClientCall {
  refuseQuery(request.url);
  return {
    authorization: request.headers.authorization,
    parameters: readParameters(request.body),
    sender: request,
    clientAddress: request.ip,
    correlationId: request.id,
  };
}

export function createClientAuthentication(options: ClientAuthenticationOptions) {
  const { directory, verifier, assertions, report, uses } = options;

  /** Costs and counts as a wrong secret does, so that strangers cannot fill the audit trail with invented names. */
  async function countFailure(owner: string, { clientAddress }: ClientCall): Promise<void> {
    await verifier.verify({ kind: 'client', owner, secrets: [], presented: [], clientAddress });
  }

  async function verifySecret({ candidates }: Presented, call: ClientCall): Promise<Client | undefined> {
    const found = await Promise.all(candidates.map(({ username }) => directory.find(username)));
    const client = found.find((one) => one !== undefined);
    const owner = client?.clientId ?? candidates[0]?.username ?? '';
    // An unknown client costs the same verification as a wrong secret.
    const isRight = await verifier.verify({
      kind: 'client',
      owner,
      secrets: client?.secrets ?? [],
      presented: candidates.filter(({ username }) => username === owner).map(({ password }) => password),
      clientAddress: call.clientAddress,
    });
    return isRight ? client : undefined;
  }

  async function findPublic({ candidates }: Presented, call: ClientCall): Promise<Client | undefined> {
    const owner = candidates[0]?.username ?? '';
    const client = await directory.find(owner);
    if (client?.clientType === 'PUBLIC') return client;
    await countFailure(owner, call);
    return undefined;
  }

  async function authenticateByAssertion(assertion: string, call: ClientCall): Promise<Client> {
    const result = await assertions.verify(assertion, call.parameters.get('client_id'));
    if ('client' in result) return result.client;
    const { claimedClientId: clientId, problem, description } = result;
    await countFailure(clientId, call);
    throw new ClientRefusal('assertion_refused', {
      clientId,
      method: 'private_key_jwt',
      detail: `client assertion: ${problem}`,
      description: `client assertion: ${description}`,
    });
  }

  /** Tells the operator what was wrong, and the caller what is wrong for every client or none. */
  async function refuseCredentials({ method, candidates }: Presented): Promise<never> {
    const { username: clientId = '', password = '' } = candidates[0] ?? {};
    const client = await directory.find(clientId);
    const presented = { clientId, method };
    if (client === undefined)
      throw new ClientRefusal('unknown_client', {
        clientId: shownUnknownId(clientId, [password]),
        method,
        detail: 'no client has this id',
        ...descriptionOf(method),
      });
    if (method === 'none')
      throw new ClientRefusal('no_secret', {
        ...presented,
        detail: 'no secret was sent',
        ...descriptionOf(method),
      });
    const detail = usesSecret(client)
      ? 'the secret is wrong or has expired'
      : `a secret was sent, ${client.tokenEndpointAuthMethod ?? 'none'} is registered`;
    throw new ClientRefusal('wrong_secret', { ...presented, detail });
  }

  async function prove(call: ClientCall): Promise<Client> {
    const assertion = readClientAssertion(call);
    return assertion === undefined
      ? authenticateByCredentials(readCredentials(call), call)
      : authenticateByAssertion(assertion, call);
  }

  async function authenticateByCredentials(presented: Presented, call: ClientCall): Promise<Client> {
    const { method } = presented;
    const client = await (method === 'none' ? findPublic(presented, call) : verifySecret(presented, call));
    if (client === undefined) return refuseCredentials(presented);
    const { clientId, tokenEndpointAuthMethod: registered = method } = client;
    if (registered !== method) {
      // Told, because the client has proved itself by then.
      const detail = `${method} was used, ${registered} is registered`;
      throw new ClientRefusal('wrong_method', { clientId, method, detail, description: detail });
    }
    return client;
  }

  return {
    /**
     * The client that authenticated, or a PUBLIC client that named itself.
     * @throws OAuthError invalid_client (401), invalid_request for two methods at once; AppError (429, 503)
     */
    async authenticate(call: ClientCall): Promise<Client> {
      const client = await prove(call).catch((error: unknown) => report(error, call));
      uses.record(client.clientId);
      nameCorsCaller(call.sender, client);
      return client;
    },
  };
}

/** Without a secret, an unknown client and one that has a secret are told the same. */
function descriptionOf(method: ClientAuthMethod): { description?: string } {
  return method === 'none'
    ? { description: 'a client_id alone proves nothing: send client_secret or client_assertion' }
    : {};
}

const secretParameters =
  /(?:^|&)(?:client_secret|client_assertion|password|code|code_verifier|token|refresh_token|subject_token|actor_token|assertion|auth_req_id|user_code|login_hint_token)(?:=|$)/i;

/** RFC 6749 section 2.3.1: addresses end up in logs and histories, so secrets in them are refused. */
function refuseQuery(url: string): void {
  const start = url.indexOf('?');
  if (start === -1) return;
  const names = [...new URLSearchParams(url.slice(start + 1)).keys()];
  if (names.some((name) => secretParameters.test(name))) {
    throw invalidRequest('Send the parameters in the form, not in the address');
  }
}
