/** Tells clients directly that a session is over (OpenID Connect Back-Channel Logout 1.0): soon, and again where it failed. */
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Logger } from '@gatehouse/service-kit/logging/logger';
import { type Outbound, OutboundError } from '@gatehouse/service-kit/outbound/outbound';
import { randomUuid } from '@gatehouse/service-kit/random';
import type { AuditWriter } from '../audit/event.ts';
import type { ClientDirectory } from '../clients/directory.ts';
import type { EndedSession } from '../sessions/session.ts';
import type { SignLogoutToken } from './logout-token.ts';
import type { LogoutNotice } from './notice.ts';
import type { NoticeStore } from './notice-store.ts';

export interface BackChannel {
  /** Returns when the notices are kept: they are delivered whatever happens to this process. @throws AppError (503) */
  announce(ended: readonly EndedSession[], reach: 'session' | 'user'): Promise<void>;
  /** Delivers what other replicas left undone, too. */
  start(): void;
  /** Resolves when the calls under way have ended. */
  close(): Promise<void>;
}

export interface BackChannelOptions {
  store: NoticeStore;
  directory: Pick<ClientDirectory, 'find'>;
  signLogoutToken: SignLogoutToken;
  outbound: Pick<Outbound, 'send'>;
  audit: AuditWriter;
  now: Clock;
  log: Logger;
  onOutcome(outcome: 'delivered' | 'postponed' | 'failed'): void;
  /** Pauses after the first attempt, the second and so on; after the last one a notice is given up. */
  pausesMs?: readonly number[];
  pollMs?: number;
}

const mostAtOnce = 32;
/** Longer than a call may take: a notice is not tried by two replicas at the same time. */
const heldMs = 90_000;

export function createBackChannel(options: BackChannelOptions): BackChannel {
  const { store, directory, signLogoutToken, outbound, audit, now, log, onOutcome } = options;
  const { pausesMs = [5_000, 30_000, 180_000, 600_000], pollMs = 2_000 } = options;
  const underWay = new Set<Promise<void>>();
  let pumping: Promise<void> | undefined;
  let isAskedAgain = false;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;

  async function settle(notice: LogoutNotice, failure?: string): Promise<void> {
    await audit.write({
      name: 'logout_notice',
      outcome: failure === undefined ? 'success' : 'failure',
      correlationId: notice.id,
      clientId: notice.clientId,
      sub: notice.sub,
      sid: notice.sid,
      fields: { attempts: notice.attempts + 1, ...(failure === undefined ? {} : { reason: failure }) },
    });
    await store.remove(notice);
    onOutcome(failure === undefined ? 'delivered' : 'failed');
  }

  async function deliver(notice: LogoutNotice): Promise<void> {
    const client = await directory.find(notice.clientId);
    const url = client?.backchannelLogoutUri;
    // The registration is gone or no longer wants to be told.
    if (client === undefined || url === undefined) return store.remove(notice);
    try {
      await outbound.send({ url, form: { logout_token: await signLogoutToken(client, notice) } });
    } catch (error) {
      const pauseMs = pausesMs[notice.attempts];
      if (!(error instanceof OutboundError)) throw error;
      if (pauseMs === undefined || !isWorthRepeating(error)) return settle(notice, error.message);
      await store.postpone(notice, { ...notice, attempts: notice.attempts + 1 }, now() + pauseMs);
      onOutcome('postponed');
      return;
    }
    await settle(notice);
  }

  async function wishOf(clientId: string): Promise<Wish> {
    try {
      const client = await directory.find(clientId);
      const { backchannelLogoutUri: uri, backchannelLogoutSessionRequired: needsSid = false } = client ?? {};
      return { clientId, isTold: uri !== undefined, needsSid };
    } catch {
      // Signing out goes on without PostgreSQL; whether there is somebody to tell is found out later.
      return { clientId, isTold: true, needsSid: true };
    }
  }

  function begin(notice: LogoutNotice): void {
    const delivery = deliver(notice)
      .catch((error) => log.warn({ err: error, clientId: notice.clientId }, 'a logout notice waits'))
      .finally(() => underWay.delete(delivery));
    underWay.add(delivery);
  }

  async function pump(): Promise<void> {
    for (;;) {
      const free = mostAtOnce - underWay.size;
      if (free === 0) await Promise.race(underWay);
      else {
        isAskedAgain = false;
        const due = isClosed ? [] : await store.claim(now(), now() + heldMs, free);
        for (const notice of due) begin(notice);
        if (due.length === 0 && !isAskedAgain) return;
      }
    }
  }

  function wake(): void {
    isAskedAgain = true;
    pumping ??= pump()
      .catch((error) => {
        isAskedAgain = false;
        log.debug({ err: error }, 'logout notices could not be read; trying again');
      })
      .finally(() => {
        pumping = undefined;
        if (isAskedAgain) wake();
      });
  }

  return {
    async announce(ended, reach) {
      const ids = [...new Set(ended.flatMap(({ clientIds }) => clientIds))];
      const wishes = await Promise.all(ids.map(wishOf));
      const notices = wishes.flatMap((wish) => noticesFor(wish, ended, reach));
      if (notices.length === 0) return;
      await store.add(notices, now());
      wake();
    },
    start() {
      timer = setInterval(wake, pollMs).unref();
    },
    async close() {
      isClosed = true;
      clearInterval(timer);
      await pumping;
      await Promise.all(underWay);
    },
  };
}

/** What a client registered. */
interface Wish {
  clientId: string;
  isTold: boolean;
  needsSid: boolean;
}

/** Section 2.4: without a `sid` it is about every session that the user has at the client. */
function noticesFor(
  { clientId, isTold, needsSid }: Wish,
  ended: readonly EndedSession[],
  reach: 'session' | 'user',
): LogoutNotice[] {
  const concerned = isTold ? ended.filter(({ clientIds }) => clientIds.includes(clientId)) : [];
  const notice = ({ sub }: EndedSession) => ({ id: randomUuid(), clientId, sub, attempts: 0 });
  if (reach === 'user' && !needsSid) return concerned.slice(0, 1).map(notice);
  return concerned.map((session) => ({ ...notice(session), sid: session.sid }));
}

/** Section 2.8: a client that calls the token wrong will do so again. */
function isWorthRepeating({ failure, status }: OutboundError): boolean {
  if (failure === 'unreachable') return true;
  return failure === 'status' && (status === undefined || status >= 500 || [408, 425, 429].includes(status));
}
