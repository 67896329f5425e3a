/** Records why a login at an identity provider failed, and chooses the page that tells the user. */
import { definedOnly } from '@gatehouse/contracts/values';
import type { Logger } from '@gatehouse/service-kit/observability';
import type { BrowserRequest } from '../../../browser/cookies/browser-cookies.ts';
import type { Pages } from '../../../browser/cookies/pages.ts';
import type { InteractionService } from '../../../browser/interactions/service.ts';
import { SignInError } from '../../../people/directories/sign-in-error.ts';
import type { AuditWriter } from '../../../records/audit/event.ts';
import { SsoError } from '../failure.ts';
import { failureReasonOf, type SsoMetrics } from '../metrics.ts';
import type { SsoFlow } from './flow.ts';

/** The known facts of a login when it fails: enough to choose the page and to name the contact centre. */
export type FailedLogin = Pick<SsoFlow, 'protocol' | 'contactCenterId'> &
  Partial<FailedPage> &
  Partial<Pick<SsoFlow, 'trial'>>;

interface FailedPage {
  interactionId: string | undefined;
  userName: string | undefined;
  tenant: string | undefined;
}

export interface FailLoginOptions {
  interactions: Pick<InteractionService, 'recordState'>;
  pages: Pages;
  metrics: SsoMetrics;
  /** Audit events of failed logins. */
  failures: Pick<AuditWriter, 'write'>;
  log: Logger;
}

export function createFailLogin({ interactions, pages, metrics, failures, log }: FailLoginOptions) {
  /** The address of the page. Other errors are thrown again. */
  return async (request: BrowserRequest, failed: FailedLogin, error: unknown): Promise<string> => {
    if (!(error instanceof SignInError)) throw error;
    const { protocol, contactCenterId, interactionId, userName, tenant } = failed;
    const { id: correlationId, ip: clientAddress } = request;
    const { detail, failure } = error;
    const reason = failureReasonOf(error);
    metrics.failed(protocol, contactCenterId, error);
    log.warn(
      { event: 'sso_failed', protocol, contactCenterId, reason, detail, correlationId },
      'single sign-on did not end in a session',
    );
    await Promise.all([
      failures.write({
        name: 'login_failed',
        outcome: 'failure',
        correlationId,
        clientAddress,
        contactCenterId,
        fields: {
          ...{ method: protocol, reason, detail: detail ?? '' },
          // Where the provider has proved who it was, and only then: nobody writes a typed name into the record of a person.
          ...(error instanceof SsoError && definedOnly({ userName: error.userName })),
        },
      }),
      interactionId === undefined
        ? undefined
        : interactions.recordState(interactionId, {
            error: failure,
            correlationId,
            ...definedOnly({ userName, tenant }),
          }),
    ]);
    return pages.ssoFailed(interactionId, failure, correlationId);
  };
}
