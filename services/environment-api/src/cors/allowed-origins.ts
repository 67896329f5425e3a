/** Whether pages of an origin may call: the stored origins, kept in memory as long as nothing has changed. */
import type { ChangeLog } from '@gatehouse/service-kit/changes/log';
import type { Clock } from '@gatehouse/service-kit/clock';

export interface AllowedOrigins {
  isAllowed(origin: string): Promise<boolean>;
}

const believedMs = 1000;

/** An origin that was withdrawn works on for a second; one that was added works at once. */
export function createAllowedOrigins(deps: {
  read(): Promise<readonly string[]>;
  changeLog: ChangeLog;
  now: Clock;
}): AllowedOrigins {
  let origins: ReadonlySet<string> = new Set();
  let readAtChange = -1;
  let checkedAtMs = Number.NEGATIVE_INFINITY;
  let refreshing: Promise<void> | undefined;

  async function refresh(): Promise<void> {
    // The number first: a change that comes while the origins are read makes the next question read again.
    const latest = await deps.changeLog.latest();
    if (latest !== readAtChange) {
      origins = new Set(await deps.read());
      readAtChange = latest;
    }
    checkedAtMs = deps.now();
  }

  return {
    async isAllowed(origin) {
      if (origins.has(origin) && deps.now() < checkedAtMs + believedMs) return true;
      refreshing ??= refresh().finally(() => {
        refreshing = undefined;
      });
      await refreshing;
      return origins.has(origin);
    },
  };
}
