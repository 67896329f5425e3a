/** The event of a token that most installations only count (GATEHOUSE_AUDIT_TOKENS=all). */
import type { AuditEvent } from '../../audit/event.ts';
import type { Grant } from '../../tokens/grant.ts';
import type { GrantRequest } from './grant-handler.ts';

export interface IssuedToken {
  grantType: string;
  scope: string[];
  /** What a user has authorized, where one stands behind it. */
  grant?: Pick<Grant, 'identity' | 'session'>;
}

export function tokenIssued(
  { client, correlationId, clientAddress }: GrantRequest,
  { grantType, scope, grant }: IssuedToken,
): AuditEvent {
  return {
    name: 'token_issued',
    outcome: 'success',
    clientId: client.clientId,
    correlationId,
    clientAddress,
    sub: grant?.identity.sub,
    contactCenterId: grant?.identity.contactCenterId,
    sid: grant?.session?.sid,
    fields: { grantType, scope },
  };
}
