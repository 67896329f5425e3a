/** Tells clients that a session is over (OpenID Connect Back-Channel Logout 1.0) and repeats failed attempts. */

import { type HttpClient, UpstreamError } from '@gatehouse/api-client/http';
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import type { Logger, Metrics } from '@gatehouse/service-kit/observability';
import type { EndedSession } from '../../browser/sessions/session.ts';
import { createDeliveryWorker } from '../../core/delivery-worker.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import type { ClientDirectory } from '../../registry/clients/directory.ts';
import type { SignLogoutToken } from './logout-token.ts';
import type { LogoutNotice, NoticeStore } from './notice-store.ts';

type Outcome = 'delivered' | 'postponed' | 'failed';

export interface BackChannelOptions {
  store: NoticeStore;
  directory: Pick<ClientDirectory, 'find'>;
  signLogoutToken: SignLogoutToken;
  outbound: Pick<HttpClient, 'send'>;
  audit: AuditWriter;
  now: Clock;
  log: Logger;
  onOutcome(outcome: Outcome): void;
  /** Pauses after the first attempt, the second and so on; after the last one a notice is given up. */
  pausesMs?: readonly number[];
  pollMs?: number;
}

export function countNotices(metrics: Metrics) {
  const outcomes = metrics.counter(
    'auth_logout_notices_total',
    'Attempts to tell a client by the back channel that a session is over.',
    ['outcome'],
  );
  return (outcome: Outcome) => outcomes.inc({ outcome });
}

export function createBackChannel(options: BackChannelOptions) {
  const { store, directory, signLogoutToken, outbound, audit, now, log, onOutcome } = options;
  const { pausesMs = [5_000, 30_000, 180_000, 600_000], pollMs = 2_000 } = options;
  const worker = createDeliveryWorker({
    what: 'a logout notice',
    claim: store.claim,
    deliver,
    factsOf: ({ clientId }) => ({ clientId }),
    pollMs,
    now,
    log,
  });

  async function settle(notice: LogoutNotice, failure?: string): Promise<void> {
    const attempts = notice.attempts + 1;
    await audit.write({
      name: 'logout_notice',
      outcome: failure === undefined ? 'success' : 'failure',
      correlationId: notice.id,
      clientId: notice.clientId,
      sub: notice.sub,
      sid: notice.sid,
      fields: failure === undefined ? { attempts } : { attempts, reason: failure },
    });
    await store.remove(notice);
    onOutcome(failure === undefined ? 'delivered' : 'failed');
  }

  async function deliver(notice: LogoutNotice): Promise<void> {
    const client = await directory.find(notice.clientId);
    const url = client?.backchannelLogoutUri;
    // The registration was deleted or changed after the notice was stored.
    if (client === undefined || url === undefined) return store.remove(notice);
    try {
      await outbound.send({ url, form: { logout_token: await signLogoutToken(client, notice) } });
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      const pauseMs = pausesMs[notice.attempts];
      if (pauseMs === undefined || !isWorthRepeating(error)) return settle(notice, error.message);
      await store.postpone(notice, { ...notice, attempts: notice.attempts + 1 }, now() + pauseMs);
      onOutcome('postponed');
      return;
    }
    await settle(notice);
  }

  async function findRecipient(clientId: string): Promise<Recipient> {
    try {
      const client = await directory.find(clientId);
      const { backchannelLogoutUri: uri, backchannelLogoutSessionRequired: needsSid = false } = client ?? {};
      return { clientId, isNotified: uri !== undefined, needsSid };
    } catch {
      // Logout works without PostgreSQL; the delivery finds out later whether the client wants to be told.
      return { clientId, isNotified: true, needsSid: true };
    }
  }

  return {
    /** Stores the notices; they are delivered even if this process stops. @throws AppError (503) */
    async announce(ended: readonly EndedSession[], reach: 'session' | 'user'): Promise<void> {
      const clientIds = [...new Set(ended.flatMap((session) => session.clientIds))];
      const recipients = await Promise.all(clientIds.map(findRecipient));
      const notices = recipients.flatMap((recipient) => noticesFor(recipient, ended, reach));
      if (notices.length === 0) return;
      await store.add(notices, now());
      worker.wake();
    },
    start: worker.start,
    close: worker.close,
  };
}

/** The registered wishes of a client. */
interface Recipient {
  clientId: string;
  isNotified: boolean;
  needsSid: boolean;
}

/** Section 2.4: a notice without a `sid` ends every session that the user has at the client. */
function noticesFor(
  { clientId, isNotified, needsSid }: Recipient,
  ended: readonly EndedSession[],
  reach: 'session' | 'user',
): LogoutNotice[] {
  const concerned = isNotified ? ended.filter(({ clientIds }) => clientIds.includes(clientId)) : [];
  const notice = ({ sub }: EndedSession) => ({ id: randomUuid(), clientId, sub, attempts: 0 });
  if (reach === 'user' && !needsSid) return concerned.slice(0, 1).map(notice);
  return concerned.map((session) => ({ ...notice(session), sid: session.sid }));
}

/** Section 2.8: a client that rejects the token will do so again. */
function isWorthRepeating({ failure, status }: UpstreamError): boolean {
  if (failure === 'unreachable') return true;
  return failure === 'status' && (status === undefined || status >= 500 || [408, 425, 429].includes(status));
}
