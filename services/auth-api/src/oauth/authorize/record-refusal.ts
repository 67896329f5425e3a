/** Records that an application did not get a person who had signed in or answered for it: the help desk is asked why. */
import { OAuthError } from '@gatehouse/caller-auth/oauth-errors';
import { refusalReasonOf } from '@gatehouse/service-kit/errors';
import type { BrowserRequest } from '../../browser/cookies/browser-cookies.ts';
import type { Session } from '../../browser/sessions/session.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import type { Client } from '../../registry/clients/client.ts';

export interface RefusalRecordOptions {
  audit: Pick<AuditWriter, 'write'>;
}

export function createRefusalRecord({ audit }: RefusalRecordOptions) {
  /** Others than refusals of a signed-in person are nothing for the trail. */
  return async (
    error: unknown,
    { clientId }: Client,
    session: Session | undefined,
    { id: correlationId, ip: clientAddress }: BrowserRequest,
  ): Promise<void> => {
    if (session === undefined || !(error instanceof OAuthError) || error.status >= 500) return;
    const { sub, sid, identity } = session;
    await audit.write({
      name: 'authorization_refused',
      outcome: 'failure',
      ...{ sub, sid, clientId, correlationId, clientAddress },
      contactCenterId: identity.contactCenterId,
      fields: { userName: identity.username, reason: refusalReasonOf(error), detail: error.message },
    });
  };
}
