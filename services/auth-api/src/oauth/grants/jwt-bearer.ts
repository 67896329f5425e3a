/** Tokens for an assertion (RFC 7523 section 2.1): one that a token was converted to here, or one of a registered issuer. */

import { unprovedClaims } from '../../assertions/verify-jwt.ts';
import type { AuditEvent, AuditWriter } from '../../audit/event.ts';
import type { TokenAnswer } from '../../tokens/issue.ts';
import { type RedeemConvertedDeps, redeemConverted } from '../exchange/redeem-converted.ts';
import { requireParameter } from '../parameters.ts';
import type { GrantHandler, GrantRequest } from './grant-handler.ts';

export interface JwtBearerDeps extends RedeemConvertedDeps {
  audit: AuditWriter;
}

const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

export function jwtBearerGrant(deps: JwtBearerDeps): GrantHandler {
  const { audit } = deps;

  async function redeem(request: GrantRequest, assertion: string): Promise<TokenAnswer> {
    const { answer, subject } = await redeemConverted(deps, request, { assertion, grantType });
    await audit.write(
      eventOf(request, {
        name: 'assertion_accepted',
        outcome: 'success',
        sub: subject.identity.sub,
        contactCenterId: subject.identity.contactCenterId,
        sid: subject.session?.sid,
        fields: { assertionIssuer: deps.issuer, subjectClient: subject.clientId, scope: answer.scope },
      }),
    );
    return answer;
  }

  return {
    grantType,
    parameters: ['assertion', 'scope'],
    async handle(request) {
      const assertion = requireParameter(request.parameters, 'assertion');
      try {
        return await redeem(request, assertion);
      } catch (error) {
        const { iss } = unprovedClaims(assertion);
        const reason = (error as Error).name;
        await audit.write(
          eventOf(request, {
            name: 'token_refused',
            outcome: 'failure',
            fields: {
              grantType,
              reason,
              ...(typeof iss === 'string' ? { assertionIssuer: iss.slice(0, 512) } : {}),
            },
          }),
        );
        throw error;
      }
    },
  };
}

type Told = Omit<AuditEvent, 'clientId' | 'correlationId' | 'clientAddress'>;

function eventOf({ client, correlationId, clientAddress }: GrantRequest, told: Told): AuditEvent {
  return { ...told, clientId: client.clientId, correlationId, clientAddress };
}
