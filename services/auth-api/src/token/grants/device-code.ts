/** Grants a device the tokens that its user has approved in a browser (RFC 8628 sections 3.4 and 3.5). */
import { invalidGrant, OAuthError } from '@gatehouse/service-kit/errors/oauth-error';
import type { AuditWriter } from '../../audit/event.ts';
import { servesContactCenter } from '../../clients/client.ts';
import { deviceGrantType } from '../../devices/device.ts';
import type { Devices } from '../../devices/service.ts';
import { requireParameter } from '../../protocol/parameters.ts';
import type { Revocations } from '../../revocation/revocations.ts';
import type { Families } from '../../tokens/families.ts';
import { parseFamilyToken, secretHash } from '../../tokens/family-token.ts';
import { type Grant, isGrantRevoked } from '../../tokens/grant.ts';
import type { UserTokenIssuer } from '../../tokens/user-token-issuer.ts';
import type { GrantHandler, GrantRequest } from './grant-handler.ts';

export interface DeviceCodeDeps {
  devices: Pick<Devices, 'poll'>;
  families: Pick<Families, 'end'>;
  revocations: Revocations;
  userTokenIssuer: UserTokenIssuer;
  audit: AuditWriter;
}

export function deviceCodeGrant(deps: DeviceCodeDeps): GrantHandler {
  const { devices, families, revocations, userTokenIssuer, audit } = deps;

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
        correlationId,
        clientAddress,
      }),
    ]);
  }

  async function poll(request: GrantRequest): Promise<Grant> {
    const code = parseFamilyToken(requireParameter(request.parameters, 'device_code'));
    if (code === undefined) throw refused('the device code is malformed');
    const result = await devices.poll(code.familyId, secretHash(code), request.client.clientId);
    switch (result.outcome) {
      case 'approved':
        return result.grant;
      case 'pending':
        throw notYet('authorization_pending', 'The user has not answered yet');
      case 'slow_down':
        throw notYet('slow_down', 'Ask less often: wait 5 seconds longer each time from now on');
      case 'denied':
        throw notYet('access_denied', 'The user did not let the device in');
      case 'expired':
        throw notYet('expired_token', 'The device code has expired: ask for a new one');
      case 'reused':
        await reportReuse(request, code.familyId);
        throw refused('the device code was used before; its tokens are revoked');
      default:
        throw refused('the device code is unknown or of another client');
    }
  }

  return {
    grantType: deviceGrantType,
    parameters: ['device_code'],
    async handle(request) {
      const { client, cnf } = request;
      const grant = await poll(request);
      if (!servesContactCenter(client, grant.identity.contactCenterId)) {
        throw refused('the client left the contact centre');
      }
      await revocations.untilFresh();
      if (isGrantRevoked(grant, revocations)) throw refused('the sign-in behind the device code has ended');
      return userTokenIssuer.issue(client, grant, cnf);
    },
  };
}

function notYet(error: string, description: string): OAuthError {
  return new OAuthError(error, 400, description);
}

/** The client is told that the code is invalid; only the log contains the reason. */
function refused(detail: string) {
  return invalidGrant('The device code is invalid, used or not meant for this client', { detail });
}
