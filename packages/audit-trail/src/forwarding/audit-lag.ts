/** Tells for the overview how far each destination of a trail is behind, and what of it is a problem. */
import type { AuditLag, Problem } from '@gatehouse/contracts/answers';
import type { Clock } from '@gatehouse/service-kit/clock';
import { say, wordsOf } from '@gatehouse/service-kit/sentences';
import type { AuditTrail } from '../chain/trail.ts';
import type { ElasticsearchConfig } from '../elasticsearch/client.ts';
import { createShippingStore } from '../shipping/shipping-store.ts';
import { ageSeconds } from '../shipping/shipping-work.ts';
import { type ForwardConfig, forwardTarget } from './forward-destination.ts';

interface AuditLagOptions {
  elasticsearch: Pick<ElasticsearchConfig, 'nodes'>;
  forward: Pick<ForwardConfig, 'url'>;
  now: Clock;
}

/** The returned function tells the lag of each destination that is set. @throws Error while PostgreSQL is away */
export function createAuditLag(trail: AuditTrail, { elasticsearch, forward, now }: AuditLagOptions) {
  const destinations = [
    ...(elasticsearch.nodes.length > 0
      ? [{ destination: 'elasticsearch' as const, store: createShippingStore(trail, 'elasticsearch') }]
      : []),
    ...(forward.url === undefined
      ? []
      : [{ destination: 'second' as const, store: createShippingStore(trail, forwardTarget) }]),
  ];
  return (): Promise<AuditLag[]> =>
    Promise.all(
      destinations.map(async ({ destination, store }) => {
        const [waiting, oldestMs, refused] = await Promise.all([
          store.waiting(),
          store.oldestWaitingMs(),
          store.setAsideCount(),
        ]);
        return { destination, waiting, oldestSeconds: ageSeconds(oldestMs, now()), refused };
      }),
    );
}

/** Where the alert rules of the charts begin. */
const lateSeconds = { postgresql: 300, elasticsearch: 3600, second: 900 };

export function problemsOfLag(lag: readonly AuditLag[]): Problem[] {
  return lag.flatMap(({ destination, waiting, oldestSeconds, refused }): Problem[] => {
    const isSecond = destination === 'second';
    const problems: Problem[] = [];
    if (oldestSeconds > lateSeconds[destination])
      problems.push({
        severity: destination === 'postgresql' ? 'critical' : 'warning',
        runbook: isSecond ? 'audit-events-do-not-reach-the-second-destination' : 'audit-events-wait',
        subject: 'audit trail',
        ...wordsOf(
          say(`problem.lag.${destination}`, { count: waiting, minutes: Math.round(oldestSeconds / 60) }),
        ),
      });
    if (refused > 0)
      problems.push({
        severity: 'warning',
        runbook: isSecond ? 'audit-events-do-not-reach-the-second-destination' : 'audit-events-are-refused',
        subject: 'audit trail',
        ...wordsOf(say(`problem.refusedEvents.${isSecond ? 'second' : 'elasticsearch'}`, { count: refused })),
      });
    return problems;
  });
}
