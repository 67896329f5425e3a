/** Authenticates clients at every endpoint that they call (RFC 6749 section 2.3). */
import {
  type Credentials,
  hasScheme,
  parseBasicCredentials,
} from '@gatehouse/caller-auth/credentials/basic-auth';
import type { SecretVerifier } from '@gatehouse/caller-auth/credentials/secret-verifier';
import type { SenderRequest } from '@gatehouse/caller-auth/sender-constraint/sender';
import { matchesDigest } from '@gatehouse/service-kit/crypto/secrets';
import { invalidClient, invalidRequest } from '@gatehouse/service-kit/errors/oauth-error';
import { nameCorsCaller } from '@gatehouse/service-kit/http/cors';
import type { LastUses } from '@gatehouse/service-kit/postgres/last-uses';
import type { AuditWriter } from '../audit/event.ts';
import type { Client, ClientAuthMethod } from '../clients/client.ts';
import type { ClientDirectory } from '../clients/directory.ts';
import { type RequestParameters, readParameters } from '../protocol/parameters.ts';
import type { ClientAssertions } from './client-assertion.ts';

/** What a request to an endpoint of clients contains. */
export interface ClientCall {
  authorization: string | undefined;
  /** Readings of Basic credentials, if the caller has parsed the header already. */
  basic?: Credentials[];
  parameters: RequestParameters;
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
  audit: Pick<AuditWriter, 'write'>;
  uses: Pick<LastUses, 'note'>;
}

interface Presented {
  method: ClientAuthMethod;
  /** The possible readings; only Basic has more than one. */
  candidates: Credentials[];
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
  const { directory, verifier, assertions, audit, uses } = options;

  /** Costs and counts as a wrong secret does, so that strangers cannot fill the audit trail with invented names. */
  async function countFailure(owner: string, { clientAddress }: ClientCall): Promise<void> {
    await verifier.verify({ kind: 'client', owner, secrets: [], presented: '', clientAddress });
  }

  /** A wrong reading before the right one would count as a guess at every request of an honest client. */
  async function rightFirst(candidates: Credentials[]): Promise<Credentials[]> {
    const isRight = await Promise.all(
      candidates.map(async ({ username, password }) => {
        const client = await directory.find(username);
        return client?.secrets.some(({ hash }) => matchesDigest(hash, password)) ?? false;
      }),
    );
    return candidates.toSorted(
      (one, other) => Number(isRight[candidates.indexOf(other)]) - Number(isRight[candidates.indexOf(one)]),
    );
  }

  async function verifySecret({ candidates }: Presented, call: ClientCall): Promise<Client | undefined> {
    const tried = candidates.length > 1 ? await rightFirst(candidates) : candidates;
    for (const { username, password } of tried) {
      const client = await directory.find(username);
      // An unknown client costs the same verification as a wrong secret.
      const isRight = await verifier.verify({
        kind: 'client',
        owner: username,
        secrets: client?.secrets ?? [],
        presented: password,
        clientAddress: call.clientAddress,
      });
      if (isRight && client !== undefined) return client;
    }
    return undefined;
  }

  async function findPublic({ candidates }: Presented, call: ClientCall): Promise<Client | undefined> {
    const owner = candidates[0]?.username ?? '';
    const client = await directory.find(owner);
    if (client?.clientType === 'PUBLIC') return client;
    await countFailure(owner, call);
    return undefined;
  }

  async function refuse(call: ClientCall, clientId: string | undefined, detail: string): Promise<never> {
    await audit.write({
      name: 'client_authentication_failed',
      outcome: 'failure',
      clientId: clientId?.slice(0, 128),
      correlationId: call.correlationId,
      clientAddress: call.clientAddress,
    });
    throw invalidClient({ detail });
  }

  async function authenticateByAssertion(assertion: string, call: ClientCall): Promise<Client> {
    const { authorization, parameters } = call;
    if (parameters.get('client_assertion_type') !== clientAssertionType) {
      throw invalidRequest(`The parameter client_assertion_type must be ${clientAssertionType}`);
    }
    if (authorization !== undefined || parameters.get('client_secret') !== undefined) throw twoMethods();
    const result = await assertions.verify(assertion, parameters.get('client_id'));
    if ('client' in result) return result.client;
    await countFailure(result.claimedClientId, call);
    return refuse(call, result.claimedClientId, result.problem);
  }

  async function authenticateByCredentials(presented: Presented, call: ClientCall): Promise<Client> {
    const { method, candidates } = presented;
    const client = await (method === 'none' ? findPublic(presented, call) : verifySecret(presented, call));
    if (client === undefined) return refuse(call, candidates[0]?.username, `${method} failed`);
    const { tokenEndpointAuthMethod: registered = method } = client;
    if (registered !== method) {
      return refuse(call, client.clientId, `${method} was used, ${registered} is registered`);
    }
    return client;
  }

  return {
    /**
     * The client that authenticated, or a PUBLIC client that named itself.
     * @throws OAuthError invalid_client (401), invalid_request for two methods at once; AppError (429, 503)
     */
    async authenticate(call: ClientCall): Promise<Client> {
      const assertion = readClientAssertion(call.parameters);
      const client =
        assertion === undefined
          ? await authenticateByCredentials(readCredentials(call), call)
          : await authenticateByAssertion(assertion, call);
      uses.note(client.clientId);
      nameCorsCaller(call.sender, client);
      return client;
    },
  };
}

const clientAssertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** RFC 7521 section 4.2. @throws OAuthError invalid_request if the type is there without the assertion */
function readClientAssertion(parameters: RequestParameters): string | undefined {
  const assertion = parameters.get('client_assertion');
  if (assertion === undefined && parameters.get('client_assertion_type') !== undefined) {
    throw invalidRequest('The parameter client_assertion is missing');
  }
  return assertion;
}

/** Accepts exactly one method. Basic together with the same client id in the form is one (compat). */
function readCredentials(call: ClientCall): Presented {
  const { authorization, parameters } = call;
  const clientId = parameters.get('client_id');
  const secret = parameters.get('client_secret');
  if (authorization === undefined) {
    if (clientId === undefined) throw invalidClient({ detail: 'no credentials' });
    const method = secret === undefined ? 'none' : 'client_secret_post';
    return { method, candidates: [{ username: clientId, password: secret ?? '' }] };
  }
  if (!hasScheme(authorization, 'basic'))
    throw invalidClient({ detail: 'the Authorization scheme is not Basic' });
  if (secret !== undefined) throw twoMethods();
  return readBasic(call.basic ?? parseBasicCredentials(authorization), clientId);
}

function twoMethods() {
  return invalidRequest('Use one client authentication method, not two');
}

function readBasic(readings: Credentials[], clientId: string | undefined): Presented {
  if (readings.length === 0) throw invalidClient({ detail: 'malformed Basic credentials' });
  const candidates = readings.filter(({ username }) => clientId === undefined || username === clientId);
  if (candidates.length === 0) {
    throw invalidRequest('The client_id of the form is not the one of the Authorization header');
  }
  // Some libraries send a PUBLIC client as Basic with an empty password.
  const isEmpty = candidates.every(({ password }) => password === '');
  return { method: isEmpty ? 'none' : 'client_secret_basic', candidates };
}

const secretParameters =
  /(?:^|&)(?:client_secret|client_assertion|password|code|code_verifier|token|refresh_token|subject_token|actor_token|assertion)(?:=|$)/i;

/** RFC 6749 section 2.3.1: addresses end up in logs and histories, so secrets in them are refused. */
function refuseQuery(url: string): void {
  const start = url.indexOf('?');
  if (start === -1) return;
  const names = [...new URLSearchParams(url.slice(start + 1)).keys()];
  if (names.some((name) => secretParameters.test(name))) {
    throw invalidRequest('Send the parameters in the form, not in the address');
  }
}
