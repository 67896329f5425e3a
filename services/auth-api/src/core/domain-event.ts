/** Lets a domain announce what it did to domains that it does not know: those that follow depend on it, never the reverse. */
import type { Logger } from '@gatehouse/service-kit/observability';

type Listener<Facts extends readonly unknown[]> = (...facts: Facts) => unknown;

export interface DomainEvent<Facts extends readonly unknown[]> {
  /**
   * Calls every listener, also after one that failed, and resolves when all are done. A caller that does not wait takes the
   * rejection: each failure is in the log already.
   * @throws what the first listener failed with: a revocation must not be lost in a log line
   */
  announce(...facts: Facts): Promise<void>;
  /** Listeners are called in the order in which they began to follow. */
  follow(listener: Listener<Facts>): void;
}

/** `name`: what happened, as the log says it. */
export function createDomainEvent<Facts extends readonly unknown[]>(
  name: string,
  log: Logger,
): DomainEvent<Facts> {
  const listeners: Listener<Facts>[] = [];
  return {
    follow: (listener) => void listeners.push(listener),
    async announce(...facts) {
      const outcomes = await Promise.allSettled(listeners.map(async (listener) => listener(...facts)));
      const failures = outcomes.filter((outcome) => outcome.status === 'rejected');
      for (const { reason } of failures)
        log.error({ err: reason, what: name }, 'a domain could not follow another one');
      if (failures[0] !== undefined) throw failures[0].reason;
    },
  };
}
