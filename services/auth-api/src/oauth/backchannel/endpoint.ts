/** The backchannel authentication endpoint (OpenID CIBA section 7): takes a client's request to the person whom it names. */

import { OAuthError, unauthorizedClient } from '@gatehouse/caller-auth/oauth-errors';
import { definedOnly } from '@gatehouse/contracts/values';
import { AppError } from '@gatehouse/service-kit/errors';
import type { Approvals } from '../../browser/approvals/service.ts';
import type { UserCodes } from '../../browser/approvals/user-codes.ts';
import { pollIntervalSeconds } from '../../browser/devices/polled-requests.ts';
import { backchannelGrantType } from '../../core/protocol/grant-types.ts';
import type { AuditEvent, AuditWriter } from '../../records/audit/event.ts';
import type { PersonKey } from '../../records/revocation/revocation.ts';
import { type Client, onlyCenterOf } from '../../registry/clients/client.ts';
import type { Targets } from '../../registry/clients/targets.ts';
import type { ClientAuthentication, ClientCall } from '../client-authentication/client-authentication.ts';
import type { Hints } from './hints.ts';
import { readRequest } from './read-request.ts';
import type { SignedRequests } from './signed-request.ts';

export interface BackchannelAnswer {
  auth_req_id: string;
  /** Seconds. */
  expires_in: number;
  interval: number;
}

export interface BackchannelOptions {
  clientAuthentication: ClientAuthentication;
  signedRequests: SignedRequests;
  hints: Hints;
  targets: Pick<Targets, 'asked'>;
  userCodes: Pick<UserCodes, 'verify'>;
  approvals: Pick<Approvals, 'begin'>;
  audit: AuditWriter;
  /** Writes events of refusals. */
  refusals: Pick<AuditWriter, 'write'>;
}

type Asked = ReturnType<typeof readRequest>;

export type BackchannelEndpoint = ReturnType<typeof createBackchannelEndpoint>;

export function createBackchannelEndpoint(options: BackchannelOptions) {
  const { clientAuthentication, signedRequests, hints, targets, userCodes, approvals, audit, refusals } =
    options;

  /** The code authorizes the client to ask; a wrong one reaches nobody. @throws OAuthError, AppError (429) */
  async function checkUserCode(
    { clientId }: Client,
    person: PersonKey,
    code: string | undefined,
    { clientAddress }: ClientCall,
  ): Promise<void> {
    if (code === undefined || (await userCodes.verify(code, { person, clientId, clientAddress }))) return;
    throw new OAuthError('invalid_user_code', 400, 'The user_code is not the one of the person');
  }

  async function begin(client: Client, asked: Asked, call: ClientCall): Promise<BackchannelAnswer> {
    const { scope, lifeMs, hint, userCode, bindingMessage } = asked;
    const targetsAsked = await targets.asked({ client, resources: asked.resources });
    const resources = targetsAsked.length === 0 ? undefined : targetsAsked.map(({ name }) => name);
    const person = await hints.find(client, hint);
    await checkUserCode(client, person, userCode, call);
    const authReqId = await approvals.begin(client, {
      ...person,
      ...definedOnly({ bindingMessage, resources }),
      scope,
      lifeMs,
    });
    await audit.write({
      name: 'backchannel_requested',
      outcome: 'success',
      ...factsOf(client, call),
      ...person,
      fields: { scope, hint: hint.name },
    });
    return { auth_req_id: authReqId, expires_in: lifeMs / 1000, interval: pollIntervalSeconds };
  }

  async function reportRefusal(client: Client, call: ClientCall, error: unknown): Promise<void> {
    if (!(error instanceof AppError) || error.status >= 500) return;
    const { name: reason, detail } = error;
    await refusals.write({
      name: 'backchannel_refused',
      outcome: 'failure',
      ...factsOf(client, call),
      contactCenterId: onlyCenterOf(client),
      fields: definedOnly({ reason, detail }),
    });
  }

  return {
    /** @throws OAuthError with the code of section 13; AppError (429, 503) */
    async answer(call: ClientCall): Promise<BackchannelAnswer> {
      const client = await clientAuthentication.authenticate(call);
      // A client that proves nothing must not ask people (FAPI-CIBA section 5.2.2, number 1).
      if (client.clientType === 'PUBLIC' || !client.grantTypes.includes(backchannelGrantType))
        throw unauthorizedClient('The client may not ask for the approval of people', {
          refusal: 'grant_not_allowed',
        });
      const asked = readRequest(client, await signedRequests.open(client, call.parameters));
      try {
        return await begin(client, asked, call);
      } catch (error) {
        await reportRefusal(client, call, error);
        throw error;
      }
    },
  };
}

function factsOf(
  { clientId }: Client,
  { correlationId, clientAddress }: ClientCall,
): Pick<AuditEvent, 'clientId' | 'correlationId' | 'clientAddress'> {
  return { clientId, correlationId, clientAddress };
}
