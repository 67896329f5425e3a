/** Renews tokens (RFC 6749 section 6) with rotation; reuse of a rotated token revokes its family (RFC 9700 section 4.14). */

import { invalidGrant, invalidScope } from '@gatehouse/caller-auth/oauth-errors';
import type { Confirmation } from '@gatehouse/caller-auth/sender-constraint';
import type { RefusalReason } from '@gatehouse/contracts/values';
import { AppError } from '@gatehouse/service-kit/errors';
import { requireParameter } from '../../../core/protocol/parameters.ts';
import type { UserService } from '../../../people/accounts/service.ts';
import type { AuditEvent, AuditWriter } from '../../../records/audit/event.ts';
import type { Revocations } from '../../../records/revocation/revocations.ts';
import { type Client, servesContactCenter } from '../../../registry/clients/client.ts';
import type { TokenAnswer } from '../../../tokens/access-token.ts';
import type { Families } from '../../../tokens/families.ts';
import type { RotatedRefresh } from '../../../tokens/family-scripts.ts';
import {
  type FamilyToken,
  formatFamilyToken,
  newSecret,
  parseFamilyToken,
  secretHash,
} from '../../../tokens/family-token.ts';
import { type Grant, isRefreshRevoked } from '../../../tokens/grant.ts';
import { refreshBindingOf, rotatesRefreshTokens } from '../../../tokens/refresh-binding.ts';
import { provedAtMsOf } from '../../../tokens/session-reference.ts';
import { type Successor, successorOf } from '../../../tokens/successor.ts';
import type { Narrowed, UserTokenIssuer } from '../../../tokens/user-token-issuer.ts';
import {
  detailsParameter,
  type GrantHandler,
  type GrantRequest,
  type NarrowingDeps,
  narrowedBy,
  resourceParameter,
  tokenIssued,
} from '../grant-handler.ts';

export interface RefreshTokenDeps extends NarrowingDeps {
  families: Families;
  revocations: Revocations;
  users: UserService;
  userTokenIssuer: UserTokenIssuer;
  audit: AuditWriter;
  /** Set if the installation audits every token; others only count them. */
  tokenAudit: AuditWriter | undefined;
}

/** One attempt. The random parts exist before the script runs, so that the script can store their salt. */
interface Attempt {
  client: Client;
  presented: FamilyToken;
  salt: string;
  successor: Successor;
  scope: string[] | undefined;
  narrowed: Narrowed;
  cnf: Confirmation | undefined;
}

export function refreshTokenGrant(deps: RefreshTokenDeps): GrantHandler {
  const { families, revocations, users, userTokenIssuer, audit, tokenAudit } = deps;

  function rotate(
    { client, presented, salt, successor, scope, cnf }: Attempt,
    checkedGrant?: Grant,
  ): Promise<RotatedRefresh> {
    return families.rotateRefresh({
      presented,
      next: { familyId: presented.familyId, secret: successor.refreshSecret },
      clientId: client.clientId,
      scope,
      salt,
      boundTo: refreshBindingOf(client, cnf),
      idleSeconds: client.refreshTokenIdleSeconds,
      checkedGrant,
    });
  }

  /** Before the rotation, so that a refusal does not use up the token. */
  async function narrow(request: GrantRequest, presented: FamilyToken): Promise<Narrowed> {
    const { client, parameters } = request;
    const isAsked = [detailsParameter, resourceParameter].some((name) => parameters.list(name).length > 0);
    if (!isAsked) return {};
    const grant = (await families.findRefresh(presented))?.grant;
    // The rotation refuses this token.
    if (grant?.clientId !== client.clientId) return {};
    return narrowedBy(deps, request, grant);
  }

  /** Before the rotation, so that an outage of the Configuration Server does not use up the token. */
  async function readPersonAgain(grant: Grant): Promise<Grant> {
    if (isRefreshRevoked(grant, revocations))
      throw refused('sign_in_ended', 'the sign-in behind the token has ended');
    try {
      return { ...grant, identity: await users.refresh(grant.identity, provedAtMsOf(grant)) };
    } catch (error) {
      if (!(error instanceof AppError) || error.status >= 500 || error.status === 429) throw error;
      await families.end(grant.familyId);
      throw refused('person_refused', error.detail ?? error.name);
    }
  }

  async function reportReuse(request: GrantRequest, grant: Grant): Promise<void> {
    await Promise.all([families.end(grant.familyId), audit.write(reused(request, grant))]);
  }

  async function answer(
    attempt: Attempt,
    rotation: RotatedRefresh & { outcome: 'rotated' | 'repeated' },
  ): Promise<TokenAnswer> {
    const { client, presented, cnf } = attempt;
    if (isRefreshRevoked(rotation.grant, revocations))
      throw refused('sign_in_ended', 'the sign-in behind the token has ended');
    if (!servesContactCenter(client, rotation.grant.identity.contactCenterId)) {
      throw refused('contact_center_not_served', 'the client left the contact centre');
    }
    const isRepeated = rotation.outcome === 'repeated';
    const successor = isRepeated ? sameSuccessor(attempt, rotation) : attempt.successor;
    const answered = userTokenIssuer.renew(client, rotation.grant, {
      scope: rotation.scope,
      narrowed: attempt.narrowed,
      random: successor.accessToken,
      refreshToken: formatFamilyToken({ familyId: presented.familyId, secret: successor.refreshSecret }),
      issuedAtMs: rotation.rotatedAtMs,
      isRepeated,
      cnf,
    });
    return answered.catch(async (error: unknown) => {
      // A stricter policy does not pass by itself: the person has to sign in again.
      if (error instanceof AppError && error.refusal === 'second_factor_missing')
        await families.end(presented.familyId);
      throw error;
    });
  }

  return {
    grantType: 'refresh_token',
    parameters: ['refresh_token', 'scope', detailsParameter, resourceParameter],
    async handle(request) {
      const presented = parseFamilyToken(requireParameter(request.parameters, 'refresh_token'));
      if (presented === undefined) throw refused('refresh_unknown', 'the refresh token is malformed');
      await revocations.untilReady();
      const narrowed = await narrow(request, presented);
      const attempt = attemptOf(request, presented, narrowed);
      let rotation = await rotate(attempt);
      if (rotation.outcome === 'check')
        rotation = await rotate(attempt, await readPersonAgain(rotation.grant));
      switch (rotation.outcome) {
        case 'rotated': {
          const tokens = await answer(attempt, rotation);
          await tokenAudit?.write(renewed(request, rotation.grant, tokens));
          return tokens;
        }
        case 'repeated':
          return answer(attempt, rotation);
        case 'reused':
          await reportReuse(request, rotation.grant);
          break;
        case 'revoked':
          // When the family was revoked, an outage may have prevented the entry in the stream of revocations.
          await families.end(presented.familyId);
      }
      throw refusalOf(rotation.outcome);
    },
  };
}

function attemptOf(
  { client, scope, cnf }: GrantRequest,
  presented: FamilyToken,
  narrowed: Narrowed,
): Attempt {
  const salt = newSecret();
  const made = successorOf(presented, salt, holderOf(client, cnf));
  const successor = rotatesRefreshTokens(client) ? made : { ...made, refreshSecret: presented.secret };
  return { client, presented, salt, successor, scope, narrowed, cnf };
}

function sameSuccessor(
  { client, presented, cnf }: Attempt,
  { salt, nextHash }: RotatedRefresh & { outcome: 'repeated' },
): Successor {
  const successor = successorOf(presented, salt, holderOf(client, cnf));
  if (secretHash({ familyId: presented.familyId, secret: successor.refreshSecret }) === nextHash)
    return successor;
  throw refused('refresh_key_wrong', 'the retry came with another key than the first request');
}

function renewed(request: GrantRequest, grant: Grant, { scope }: TokenAnswer): AuditEvent {
  return tokenIssued(request, { grantType: 'refresh_token', scope: scope?.split(' ') ?? [], grant });
}

function reused({ client, correlationId, clientAddress }: GrantRequest, grant: Grant): AuditEvent {
  return {
    name: 'refresh_reused',
    outcome: 'failure',
    sub: grant.identity.sub,
    clientId: client.clientId,
    contactCenterId: grant.identity.contactCenterId,
    sid: grant.session?.sid,
    correlationId,
    clientAddress,
  };
}

/** Why a token was not rotated. */
function refusalOf(outcome: RotatedRefresh['outcome']) {
  switch (outcome) {
    case 'reused':
      return refused('refresh_used', 'the refresh token was used before; its family is revoked');
    case 'revoked':
      return refused('refresh_revoked', 'the family of the refresh token is revoked');
    case 'scope':
      return invalidScope('The scope is wider than the one that was granted', { refusal: 'scope_wider' });
    case 'unbound':
      return refused('refresh_key_wrong', 'the refresh token is bound to another key');
    case 'foreign':
      return refused('refresh_foreign', 'the refresh token belongs to another client');
    default:
      return refused('refresh_unknown', 'the refresh token is unknown or expired');
  }
}

/** The client is told that the token is invalid; only the log contains the reason. */
function refused(refusal: RefusalReason, detail: string) {
  return invalidGrant('The refresh token is invalid, expired or revoked', { detail, refusal });
}

/** A repeated request gets the same answer only with the key of the first request. */
function holderOf(client: Client, cnf: Confirmation | undefined): string {
  return JSON.stringify([client.clientId, cnf?.jkt ?? cnf?.['x5t#S256'] ?? '']);
}
