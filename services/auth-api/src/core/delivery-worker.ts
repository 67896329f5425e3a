/** Delivers what is due, a bounded number at a time, also what another replica left behind. */
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Logger } from '@gatehouse/service-kit/observability';

export interface DeliveryWorkerOptions<T> {
  /** In log lines. */
  what: string;
  /** Takes what is due and hides it from other replicas until `heldUntilMs`, in case this replica dies. */
  claim(nowMs: number, heldUntilMs: number, count: number): Promise<T[]>;
  deliver(item: T): Promise<void>;
  /** The text of the log line about one that failed. */
  factsOf(item: T): object;
  pollMs: number;
  now: Clock;
  log: Logger;
}

const maxConcurrent = 32;
/** Longer than a call may take, so that two replicas do not try the same at the same time. */
const heldMs = 90_000;

export function createDeliveryWorker<T>(options: DeliveryWorkerOptions<T>) {
  const { what, claim, deliver, factsOf, pollMs, now, log } = options;
  const deliveries = new Set<Promise<void>>();
  let running: Promise<void> | undefined;
  let isWokenAgain = false;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;

  function begin(item: T): void {
    const delivery = deliver(item)
      .catch((error) => log.warn({ err: error, ...factsOf(item) }, `${what} could not be delivered yet`))
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
      const due = await claim(now(), now() + heldMs, free);
      if (due.length === 0) return;
      for (const item of due) begin(item);
    }
  }

  /** Looks for what is due now. A call while the worker looks already makes it look once more. */
  function wake(): void {
    isWokenAgain = running !== undefined;
    running ??= deliverDue()
      .catch((error) => {
        isWokenAgain = false;
        log.debug({ err: error }, `${what}: what is due could not be read; trying again`);
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
