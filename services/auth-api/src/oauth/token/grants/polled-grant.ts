/** Gives out the tokens of a request that a person has answered elsewhere; the device grant and the CIBA grant poll alike. */
import { invalidGrant, OAuthError } from '@gatehouse/caller-auth/oauth-errors';
import type { RefusalReason } from '@gatehouse/contracts/values';
import type { PollResult } from '../../../browser/devices/polled-requests.ts';
import { requireParameter } from '../../../core/protocol/parameters.ts';
import type { AuditWriter } from '../../../records/audit/event.ts';
import type { Revocations } from '../../../records/revocation/revocations.ts';
import { onlyCenterOf, servesContactCenter } from '../../../registry/clients/client.ts';
import type { Families } from '../../../tokens/families.ts';
import { parseFamilyToken, secretHash } from '../../../tokens/family-token.ts';
import { type Grant, isGrantRevoked } from '../../../tokens/grant.ts';
import type { UserTokenIssuer } from '../../../tokens/user-token-issuer.ts';
import {
  type GrantHandler,
  type GrantRequest,
  type NarrowingDeps,
  narrowedBy,
  resourceParameter,
} from '../grant-handler.ts';

export interface PolledGrantDeps extends NarrowingDeps {
  families: Pick<Families, 'end'>;
  revocations: Revocations;
  userTokenIssuer: UserTokenIssuer;
  audit: AuditWriter;
}

interface PolledGrant {
  grantType: string;
  /** The parameter that holds the code. */
  parameter: string;
  /** The name of the code in texts. */
  name: string;
  poll(id: string, secretHash: string, clientId: string): Promise<PollResult>;
}

export function polledGrant(
  { grantType, parameter, name, poll }: PolledGrant,
  deps: PolledGrantDeps,
): GrantHandler {
  const { families, revocations, userTokenIssuer, audit } = deps;
  /** The client is told that the code is invalid; only the log contains the reason. */
  const refused = (refusal: RefusalReason, detail: string) =>
    invalidGrant(`The ${name} is invalid, used or not meant for this client`, { detail, refusal });

  async function reportReuse(
    { client, correlationId, clientAddress }: GrantRequest,
    familyId: string,
  ): Promise<void> {
    await Promise.all([
      families.end(familyId),
      audit.write({
        name: 'code_reused',
        outcome: 'failure',
        clientId: client.clientId,
        contactCenterId: onlyCenterOf(client),
        correlationId,
        clientAddress,
      }),
    ]);
  }

  async function readAnswer(request: GrantRequest): Promise<Grant> {
    const code = parseFamilyToken(requireParameter(request.parameters, parameter));
    if (code === undefined) throw refused('code_unknown', `the ${name} is malformed`);
    await revocations.untilReady();
    const result = await poll(code.familyId, secretHash(code), request.client.clientId);
    switch (result.outcome) {
      case 'approved':
        return result.grant;
      case 'pending':
        throw notYet('authorization_pending', 'The user has not answered yet');
      case 'slow_down':
        throw notYet('slow_down', 'Ask less often: wait 5 seconds longer each time from now on');
      case 'denied':
        throw notYet('access_denied', 'The user said no');
      case 'expired':
        throw notYet('expired_token', `The ${name} has expired: ask for a new one`);
      case 'reused':
        await reportReuse(request, code.familyId);
        throw refused('code_used', `the ${name} was used before; its tokens are revoked`);
      default:
        throw refused('code_unknown', `the ${name} is unknown or of another client`);
    }
  }

  return {
    grantType,
    parameters: [parameter, resourceParameter],
    async handle(request) {
      const { client, cnf } = request;
      const grant = await readAnswer(request);
      if (!servesContactCenter(client, grant.identity.contactCenterId)) {
        throw refused('contact_center_not_served', 'the client left the contact centre');
      }
      await revocations.untilFresh();
      if (isGrantRevoked(grant, revocations))
        throw refused('sign_in_ended', `the sign-in behind the ${name} has ended`);
      return userTokenIssuer.issue(client, grant, cnf, await narrowedBy(deps, request, grant));
    },
  };
}

function notYet(error: string, description: string): OAuthError {
  return new OAuthError(error, 400, description);
}
