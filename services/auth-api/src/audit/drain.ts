/** Moves security events from the Redis stream into PostgreSQL: at least once there, and once as a row. */
import type { Logger } from '@gatehouse/service-kit/logging/logger';
import type { Pool, PoolClient } from '@gatehouse/service-kit/postgres/pool';
import type { RecordedAuditEvent } from './event.ts';
import { insertAuditEvents } from './store.ts';
import type { AuditStream, StreamedAuditEvent } from './stream.ts';

export interface AuditDrain {
  /** Moves everything there is; 0 when another replica is at it. */
  drainOnce(): Promise<number>;
  /** Drains at an interval until stop(). */
  start(): void;
  /** Resolves when the drain under way is done. */
  stop(): Promise<void>;
}

export interface AuditDrainOptions {
  pool: Pool;
  stream: AuditStream;
  log: Logger;
  intervalMs?: number;
  /** Told after every round how many events wait in Redis. */
  onWaiting?(events: number): void;
  batchSize?: number;
}

const lock = `hashtext('gatehouse.audit'), hashtext('drain')`;

export function createAuditDrain(options: AuditDrainOptions): AuditDrain {
  const { pool, stream, log, intervalMs = 1000, batchSize = 500 } = options;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();
  let isFailing = false;
  let isStopped = false;

  const moveBatch = async (client: PoolClient): Promise<number> => {
    const entries = await stream.oldest(batchSize);
    await store(client, entries, log);
    // After the commit: a crash in between delivers them again, and the ids keep the rows single.
    await stream.remove(entries.map(({ streamId }) => streamId));
    return entries.length;
  };

  const drainOnce = async (): Promise<number> => {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      const { rows } = await client.query<{ locked: boolean }>(
        `SELECT pg_try_advisory_lock(${lock}) AS locked`,
      );
      if (!rows[0]?.locked) return 0;
      let moved = 0;
      try {
        for (let count = batchSize; count === batchSize && !isStopped; moved += count)
          count = await moveBatch(client);
      } finally {
        // A connection that cannot be unlocked goes away, and its lock with it.
        await client.query(`SELECT pg_advisory_unlock(${lock})`).catch((error: Error) => {
          broken = error;
        });
      }
      return moved;
    } finally {
      client.release(broken);
    }
  };

  const round = async () => {
    try {
      await drainOnce();
      options.onWaiting?.(await stream.length());
      if (isFailing) log.info('security events are stored again');
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.warn({ err: error }, 'security events wait in Redis: they could not be stored');
      isFailing = true;
      await stream.length().then(options.onWaiting, () => undefined);
    }
    if (!isStopped) schedule();
  };

  const schedule = () => {
    timer = setTimeout(() => {
      running = round();
    }, intervalMs).unref();
  };

  return {
    drainOnce,
    start() {
      isStopped = false;
      schedule();
    },
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

/** One row that PostgreSQL refuses must not hold up all others: it stays readable in the log. */
async function store(client: PoolClient, entries: readonly StreamedAuditEvent[], log: Logger): Promise<void> {
  const events = entries.flatMap(({ event, streamId }) => {
    if (event === undefined) log.error({ streamId }, 'an entry of the audit stream is no event');
    return event === undefined ? [] : [event];
  });
  try {
    await insertAuditEvents(client, events);
  } catch (error) {
    if (!isRefusedValue(error)) throw error;
    for (const event of events) await storeAlone(client, event, log);
  }
}

async function storeAlone(client: PoolClient, event: RecordedAuditEvent, log: Logger): Promise<void> {
  try {
    await insertAuditEvents(client, [event]);
  } catch (error) {
    if (!isRefusedValue(error)) throw error;
    log.error({ err: error, auditEvent: event }, 'a security event could not be stored');
  }
}

/** SQLSTATE class 22 (data exception) or 23 (constraint): trying again would not help. */
function isRefusedValue(error: unknown): boolean {
  return /^2[23]/.test((error as { code?: string }).code ?? '');
}
