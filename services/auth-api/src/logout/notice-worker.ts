/** Delivers due logout notices, a bounded number at a time, also those that another replica left behind. */
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Logger } from '@gatehouse/service-kit/logging/logger';
import type { LogoutNotice, NoticeStore } from './notice-store.ts';

export interface NoticeWorkerOptions {
  store: Pick<NoticeStore, 'claim'>;
  deliver(notice: LogoutNotice): Promise<void>;
  pollMs: number;
  now: Clock;
  log: Logger;
}

const maxConcurrent = 32;
/** Longer than a call may take, so that two replicas do not try one notice at the same time. */
const heldMs = 90_000;

export function createNoticeWorker({ store, deliver, pollMs, now, log }: NoticeWorkerOptions) {
  const deliveries = new Set<Promise<void>>();
  let running: Promise<void> | undefined;
  let isWokenAgain = false;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;

  function begin(notice: LogoutNotice): void {
    const delivery = deliver(notice)
      .catch((error) =>
        log.warn({ err: error, clientId: notice.clientId }, 'a logout notice could not be delivered yet'),
      )
      .finally(() => deliveries.delete(delivery));
    deliveries.add(delivery);
  }

  async function deliverDue(): Promise<void> {
    while (!isClosed) {
      const free = maxConcurrent - deliveries.size;
      if (free === 0) {
        await Promise.race(deliveries);
        continue;
      }
      const due = await store.claim(now(), now() + heldMs, free);
      if (due.length === 0) return;
      for (const notice of due) begin(notice);
    }
  }

  /** Looks for due notices now. A call while the worker looks already makes it look once more. */
  function wake(): void {
    isWokenAgain = running !== undefined;
    running ??= deliverDue()
      .catch((error) => {
        isWokenAgain = false;
        log.debug({ err: error }, 'logout notices could not be read; trying again');
      })
      .finally(() => {
        running = undefined;
        if (isWokenAgain) wake();
      });
  }

  return {
    wake,
    start(): void {
      timer = setInterval(wake, pollMs).unref();
    },
    /** Resolves when the calls under way have ended. */
    async close(): Promise<void> {
      isClosed = true;
      clearInterval(timer);
      await running;
      await Promise.all(deliveries);
    },
  };
}
