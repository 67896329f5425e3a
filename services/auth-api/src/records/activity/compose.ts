/** Composes the counts of sign-ins and token requests: what the other domains call, and what the overview reads. */
import type { Core, Domain, ServicesOf } from '../../core/domain.ts';
import { createActivityCounter } from './counter.ts';
import { minuteMs, stepMinutes, successOf, tokensIssued, tokensRefused } from './hour.ts';
import { createSeries, hoursOf, type Window } from './series.ts';
import { createActivityStore } from './store.ts';

export type Activity = ServicesOf<typeof composeActivity>;

export function composeActivity({ redis, keyspace, now, log }: Core) {
  const store = createActivityStore(redis, keyspace);
  const counter = createActivityCounter({ store, now, log });
  const services = {
    /** `startedAtMs`: when the sign-in reached us. */
    signInSucceeded: (contactCenterId: string, startedAtMs: number): void =>
      counter.count(successOf(now() - startedAtMs), contactCenterId),
    /** `contactCenterId`: only of a contact centre that exists, because each has hashes of its own. */
    signInFailed: (contactCenterId: string | undefined, reason: string): void =>
      counter.count(reason, contactCenterId),
    tokenIssued: (): void => counter.count(tokensIssued),
    tokenRefused: (): void => counter.count(tokensRefused),
    /** The smallest step of what is kept of the installation, or of a contact centre. */
    finestStepMs: (contactCenterId: string | undefined): number =>
      minuteMs * (contactCenterId === undefined ? stepMinutes.installation : stepMinutes.contactCenter),
    /** @throws Error while Redis is away */
    async series(window: Window, contactCenterId: string | undefined) {
      const hours = hoursOf(window);
      const hashes = await Promise.all(hours.map((hour) => store.read({ hour, contactCenterId })));
      return createSeries(window, new Map(hours.map((hour, index) => [hour, hashes[index] ?? {}])));
    },
    flush: counter.flush,
  };
  return { services, work: counter.start, close: counter.stop } satisfies Domain;
}
