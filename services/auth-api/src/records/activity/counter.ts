/** Gathers counts in memory and adds them to Redis every few seconds; no request waits for it, and none fails by it. */
import { createRepeatingWork } from '@gatehouse/service-kit/background';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Logger } from '@gatehouse/service-kit/observability';
import { type Hour, hourOf, minuteMs, prefixOf, stepMinutes } from './hour.ts';
import type { ActivityStore } from './store.ts';

interface CounterOptions {
  store: Pick<ActivityStore, 'add'>;
  now: Clock;
  log: Logger;
  intervalMs?: number;
  /** Most fields that wait while Redis is away, those of the installation aside. */
  maxWaiting?: number;
}

/** The counts of one hash that are not in Redis yet. */
interface Waiting extends Hour {
  counts: Map<string, number>;
}

const hashesAtOnce = 200;
/** Older counts are shown no more. */
const shownHours = 49;

export function createActivityCounter(options: CounterOptions) {
  const { store, now, log, intervalMs = 5_000, maxWaiting = 50_000 } = options;
  let waiting = new Map<string, Waiting>();
  let waitingFields = 0;
  let minute = momentOf(now());

  function put(hour: number, contactCenterId: string | undefined, field: string, count: number): void {
    const key = contactCenterId === undefined ? String(hour) : `${hour} ${contactCenterId}`;
    let hash = waiting.get(key);
    const before = hash?.counts.get(field);
    if (before === undefined && contactCenterId !== undefined) {
      if (waitingFields >= maxWaiting) return;
      waitingFields += 1;
    }
    if (hash === undefined) {
      hash = { hour, contactCenterId, counts: new Map() };
      waiting.set(key, hash);
    }
    hash.counts.set(field, (before ?? 0) + count);
  }

  /** Adds a hash; what Redis does not take waits for the next round. */
  async function add(hash: Waiting): Promise<void> {
    try {
      await store.add(hash, hash.counts);
    } catch (error) {
      const isShown = hash.hour > hourOf(now()) - shownHours;
      if (isShown)
        for (const [field, count] of hash.counts) put(hash.hour, hash.contactCenterId, field, count);
      throw error;
    }
  }

  /** @throws Error when Redis did not take something; it waits then */
  async function flush(): Promise<void> {
    const hashes = [...waiting.values()];
    waiting = new Map();
    waitingFields = 0;
    let failure: unknown;
    for (let from = 0; from < hashes.length; from += hashesAtOnce) {
      const added = await Promise.allSettled(hashes.slice(from, from + hashesAtOnce).map(add));
      const failed = added.find(({ status }) => status === 'rejected');
      if (failed?.status === 'rejected') failure ??= failed.reason;
    }
    if (failure !== undefined) throw failure;
  }

  const work = createRepeatingWork({
    log,
    when: 'always',
    intervalMs,
    async round() {
      await flush();
      return false;
    },
    failing: 'counts of sign-ins wait in memory: Redis does not take them',
    recovered: 'counts of sign-ins are in Redis again',
  });

  return {
    /** Counts for the installation and, where it is known, for the contact centre. */
    count(what: string, contactCenterId?: string): void {
      const atMs = now();
      // An optimisation: the names of the fields change once a minute. Issuing a token counts too.
      if (atMs < minute.fromMs || atMs >= minute.fromMs + minuteMs) minute = momentOf(atMs);
      put(minute.hour, undefined, minute.ofInstallation + what, 1);
      if (contactCenterId !== undefined) put(minute.hour, contactCenterId, minute.ofContactCenter + what, 1);
    },
    flush,
    start: work.start,
    /** Adds what waits, so that a clean stop loses nothing. */
    async stop(): Promise<void> {
      await work.stop();
      await flush().catch((error) => log.warn({ err: error }, 'counts of sign-ins were lost at the stop'));
    },
  };
}

function momentOf(atMs: number) {
  return {
    fromMs: atMs - (atMs % minuteMs),
    hour: hourOf(atMs),
    ofInstallation: prefixOf(atMs, stepMinutes.installation),
    ofContactCenter: prefixOf(atMs, stepMinutes.contactCenter),
  };
}
