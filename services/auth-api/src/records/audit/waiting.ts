/** Reports how many security events wait in Redis for their row, and how long the oldest has waited. */
import type { AuditLag } from '@gatehouse/contracts/answers';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Metrics } from '@gatehouse/service-kit/observability';
import type { AuditStream } from './stream.ts';

interface WaitingOptions {
  stream: AuditStream;
  now: Clock;
  metrics: Metrics;
}

export function createWaiting({ stream, now, metrics }: WaitingOptions) {
  const events = metrics.gauge(
    'gatehouse_audit_waiting_events',
    'Security events that wait in Redis for their row in PostgreSQL.',
  );
  const seconds = metrics.gauge(
    'gatehouse_audit_waiting_seconds',
    'Age of the oldest security event that waits in Redis; 0 when none does.',
  );
  const ageOf = (oldestMs: number | undefined) =>
    oldestMs === undefined ? 0 : Math.max(0, (now() - oldestMs) / 1000);
  return {
    observe(waiting: number, oldestMs: number | undefined): void {
      events.set(waiting);
      seconds.set(ageOf(oldestMs));
    },
    /** @throws Error while Redis is away */
    async lag(): Promise<AuditLag> {
      const [waiting, oldestMs] = await Promise.all([stream.length(), stream.oldestMs()]);
      return { destination: 'postgresql', waiting, oldestSeconds: ageOf(oldestMs), refused: 0 };
    },
  };
}
