/** Grants tokens for an assertion (RFC 7523 section 2.1): a converted token of this server, or one of a registered issuer. */
import { definedOnly } from '@gatehouse/contracts/defined-only';
import { invalidGrant } from '@gatehouse/service-kit/errors/oauth-error';
import { UntrustedJwt, unprovedClaims } from '../../assertions/verify-jwt.ts';
import type { AuditEvent, AuditWriter } from '../../audit/event.ts';
import type { Standing } from '../../contact-centers/standing.ts';
import { requireParameter } from '../../protocol/parameters.ts';
import type { Revocations } from '../../revocation/revocations.ts';
import { type TokenAnswer, tokenAnswer } from '../../tokens/access-token.ts';
import { assertedRecord } from '../exchange/asserted-record.ts';
import { type RedeemConvertedDeps, redeemConverted } from '../exchange/redeem-converted.ts';
import type { RegisteredAssertions } from '../registered-assertions.ts';
import type { GrantHandler, GrantRequest } from './grant-handler.ts';

export interface JwtBearerDeps extends RedeemConvertedDeps {
  registeredAssertions: RegisteredAssertions;
  /** Whether the user's contact centre is still active. */
  standing: Pick<Standing, 'require'>;
  revocations: Revocations;
  audit: AuditWriter;
  /** Limits the events of refused public clients: anyone who knows a client id can cause them. */
  strangersAudit: Pick<AuditWriter, 'write'>;
}

const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

export function jwtBearerGrant(deps: JwtBearerDeps): GrantHandler {
  const { issuer, registeredAssertions, accessTokens, standing, revocations } = deps;
  const { audit, strangersAudit, now } = deps;

  async function redeemOwn(request: GrantRequest, assertion: string): Promise<TokenAnswer> {
    const { answer, subject } = await redeemConverted(deps, request, { assertion, grantType });
    await audit.write(
      eventOf(request, {
        name: 'assertion_accepted',
        outcome: 'success',
        sub: subject.identity.sub,
        contactCenterId: subject.identity.contactCenterId,
        sid: subject.session?.sid,
        fields: { assertionIssuer: issuer, subjectClient: subject.clientId, scope: answer.scope ?? '' },
      }),
    );
    return answer;
  }

  async function redeemRegistered(request: GrantRequest, assertion: string): Promise<TokenAnswer> {
    const { client } = request;
    const asserted = await registeredAssertions.verify(client, assertion);
    const record = assertedRecord(request, asserted, { grantType, nowMs: now() });
    const { sub, authorizedAtMs: issuedAtMs } = record;
    await revocations.untilFresh();
    const { contactCenterIds } = record;
    if (revocations.isRevoked({ sub, contactCenterIds, issuedAtMs }))
      throw refused('the user was signed out since');
    const [accessToken] = await Promise.all([
      accessTokens.issue(client, record),
      audit.write(
        eventOf(request, {
          name: 'assertion_accepted',
          outcome: 'success',
          sub,
          contactCenterId: record.identity.contactCenterId,
          fields: { assertionIssuer: asserted.assertionIssuer, scope: record.scope },
        }),
      ),
    ]);
    await standing.require(record.identity);
    return tokenAnswer(accessToken, record);
  }

  async function redeem(request: GrantRequest, assertion: string): Promise<TokenAnswer> {
    try {
      const isOwn = unprovedClaims(assertion)['iss'] === issuer;
      return await (isOwn ? redeemOwn(request, assertion) : redeemRegistered(request, assertion));
    } catch (error) {
      if (error instanceof UntrustedJwt) throw refused(error.message);
      throw error;
    }
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
        const trail = request.client.clientType === 'PUBLIC' ? strangersAudit : audit;
        await trail.write(
          eventOf(request, {
            name: 'token_refused',
            outcome: 'failure',
            fields: {
              grantType,
              reason,
              ...definedOnly({ assertionIssuer: typeof iss === 'string' ? iss.slice(0, 512) : undefined }),
            },
          }),
        );
        throw error;
      }
    },
  };
}

/** The client is told that the assertion is invalid; only the log contains the reason. */
function refused(detail: string) {
  return invalidGrant('The assertion is invalid, expired, used or not meant for this client', { detail });
}

type Told = Omit<AuditEvent, 'clientId' | 'correlationId' | 'clientAddress'>;

function eventOf({ client, correlationId, clientAddress }: GrantRequest, told: Told): AuditEvent {
  return { ...told, clientId: client.clientId, correlationId, clientAddress };
}
