/** Tells again and again that this replica runs, and says good-bye when it ends. */
import { hostname } from 'node:os';
import { createRepeatingWork } from '../background/repeating-work.ts';
import type { Logger } from '../observability/logging/logger.ts';

export interface Replica {
  service: string;
  /** Its machine and process. */
  instance: string;
  /** Absent: it ends. */
  version?: string | undefined;
}

/** A replica that is silent for three times as long is gone. */
export const heartbeatMs = 10_000;

export interface HeartbeatOptions {
  service: string;
  version: string;
  log: Logger;
  announce(replica: Replica): Promise<void>;
}

export function createHeartbeat({ service, version, log, announce }: HeartbeatOptions) {
  let isStarted = false;
  const replica = { service, instance: `${hostname()}/${process.pid}` };
  const beats = createRepeatingWork({
    log,
    // A wrong clock is one more reason to be seen.
    when: 'always',
    intervalMs: heartbeatMs,
    failing: 'this replica cannot say that it runs: gatehouse doctor does not count it',
    recovered: 'this replica says again that it runs',
    async round() {
      await announce({ ...replica, version });
      return false;
    },
  });
  return {
    start(): void {
      isStarted = true;
      void announce({ ...replica, version }).catch(() => undefined);
      beats.start();
    },
    async stop(): Promise<void> {
      if (!isStarted) return;
      await beats.stop();
      await announce(replica).catch(() => undefined);
    },
  };
}
