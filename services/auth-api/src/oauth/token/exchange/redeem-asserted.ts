/** Issues a token to a user whom an assertion of a registered issuer names, of whatever kind, and records the outcome. */

import { invalidGrant } from '@gatehouse/caller-auth/oauth-errors';
import { definedOnly } from '@gatehouse/contracts/values';
import { UntrustedAssertion } from '../../../core/assertions/untrusted.ts';
import type { Admission } from '../../../people/accounts/admission.ts';
import type { ContactCenterStatusCheck } from '../../../people/accounts/contact-center-status.ts';
import type { AuditEvent, AuditWriter } from '../../../records/audit/event.ts';
import type { Revocations } from '../../../records/revocation/revocations.ts';
import type { Targets } from '../../../registry/clients/targets.ts';
import { type TokenAnswer, tokenAnswer } from '../../../tokens/access-token.ts';
import type { AccessTokens } from '../../../tokens/access-tokens.ts';
import type { StaleRegistrationTokens } from '../../../tokens/stale-registration-tokens.ts';
import { askedAudience, type GrantRequest } from '../grant-handler.ts';
import type { AssertedUser } from '../registered-assertions.ts';
import { assertedRecord } from './asserted-record.ts';

export interface RedeemAssertedDeps {
  accessTokens: Pick<AccessTokens, 'issue'>;
  admission: Pick<Admission, 'admit'>;
  /** Whether the user's contact centre is still active. */
  contactCenterStatus: Pick<ContactCenterStatusCheck, 'require'>;
  revocations: Revocations;
  targets: Targets;
  staleRegistrationTokens: Pick<StaleRegistrationTokens, 'check'>;
  audit: AuditWriter;
  /** Limits the events of refused public clients: anyone who knows a client id can cause them. */
  strangersAudit: Pick<AuditWriter, 'write'>;
  now(): number;
}

/** @throws OAuthError invalid_grant, invalid_scope */
export async function redeemAsserted(
  deps: RedeemAssertedDeps,
  request: GrantRequest,
  { asserted, grantType }: { asserted: AssertedUser; grantType: string },
): Promise<TokenAnswer> {
  const { accessTokens, contactCenterStatus, revocations, targets, staleRegistrationTokens, audit, now } =
    deps;
  const { audience, apis } = await targets.ofToken(request.client, await askedAudience(targets, request), {
    contactCenterIds: [asserted.identity.contactCenterId],
  });
  // An assertion names a person. It says nothing of how the person was asked.
  const asked = { act: 'assertion' as const, proofs: [], client: request.client };
  const admitted = await deps.admission.admit(asserted.identity, asked);
  const record = assertedRecord(request, asserted, admitted, { grantType, audience, nowMs: now() });
  const { sub, contactCenterIds, authorizedAtMs: issuedAtMs } = record;
  await revocations.untilFresh();
  if (revocations.isRevoked({ sub, contactCenterIds, issuedAtMs }))
    throw refusedAssertion('the user was signed out since');
  const [accessToken] = await Promise.all([
    accessTokens.issue(request.client, record),
    audit.write(
      redemptionEventOf(request, {
        name: 'assertion_accepted',
        outcome: 'success',
        sub,
        contactCenterId: record.identity.contactCenterId,
        fields: { assertionIssuer: asserted.assertionIssuer, scope: record.scope },
      }),
    ),
  ]);
  await Promise.all(apis.map(staleRegistrationTokens.check));
  await contactCenterStatus.require(record.identity, issuedAtMs);
  return tokenAnswer(accessToken, record);
}

/** Runs the work of a grant; a refusal is recorded, and what is wrong with an assertion reaches only the log. */
export async function recordRefusals<T>(
  { audit, strangersAudit }: Pick<RedeemAssertedDeps, 'audit' | 'strangersAudit'>,
  request: GrantRequest,
  { grantType, issuerOf }: { grantType: string; issuerOf(): unknown },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const error = thrown instanceof UntrustedAssertion ? refusedAssertion(thrown.message) : (thrown as Error);
    const assertionIssuer = issuerOf();
    const trail = request.client.clientType === 'PUBLIC' ? strangersAudit : audit;
    await trail.write(
      redemptionEventOf(request, {
        name: 'token_refused',
        outcome: 'failure',
        fields: {
          grantType,
          reason: error.name,
          ...definedOnly({
            assertionIssuer: typeof assertionIssuer === 'string' ? assertionIssuer.slice(0, 512) : undefined,
          }),
        },
      }),
    );
    throw error;
  }
}

/** The client is told that the assertion is invalid; only the log contains the reason. */
function refusedAssertion(detail: string) {
  return invalidGrant('The assertion is invalid, expired, used or not meant for this client', {
    detail,
    refusal: 'grant_assertion_refused',
  });
}

type EventDetail = Omit<AuditEvent, 'clientId' | 'correlationId' | 'clientAddress'>;

export function redemptionEventOf(
  { client, correlationId, clientAddress }: GrantRequest,
  detail: EventDetail,
): AuditEvent {
  return { ...detail, clientId: client.clientId, correlationId, clientAddress };
}
