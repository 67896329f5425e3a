/** Decides whether pages of an origin may call. Keeps the stored origins in memory until something changes. */
import type { ChangeLog } from '@gatehouse/service-kit/changes/log';
import type { Clock } from '@gatehouse/service-kit/clock';

const trustedMs = 1000;

/** A removed origin is allowed for one more second; an added one at once. */
export function createAllowedOrigins({
  read,
  changeLog,
  now,
}: {
  read(): Promise<readonly string[]>;
  changeLog: ChangeLog;
  now: Clock;
}) {
  let origins: ReadonlySet<string> = new Set();
  let readAtChange = -1;
  let checkedAtMs = Number.NEGATIVE_INFINITY;
  let refreshing: Promise<void> | undefined;

  async function refresh(): Promise<void> {
    // Reads the number first: a change while the origins are read makes the next call read again.
    const latest = await changeLog.latest();
    if (latest !== readAtChange) {
      origins = new Set(await read());
      readAtChange = latest;
    }
    checkedAtMs = now();
  }

  return {
    async isAllowed(origin: string): Promise<boolean> {
      if (origins.has(origin) && now() < checkedAtMs + trustedMs) return true;
      refreshing ??= refresh().finally(() => {
        refreshing = undefined;
      });
      await refreshing;
      return origins.has(origin);
    },
  };
}
