/** Moves security events from the Redis stream into PostgreSQL: at least once there, and once as a row. */
import { createRepeatingWork, type RepeatingWork } from '@gatehouse/service-kit/background/repeating-work';
import type { Logger } from '@gatehouse/service-kit/logging/logger';
import { withAdvisoryLock } from '@gatehouse/service-kit/postgres/advisory-lock';
import type { Pool, PoolClient } from '@gatehouse/service-kit/postgres/pool';
import { insertEventTexts } from './store.ts';
import type { AuditStream, StreamedAuditEvent } from './stream.ts';

export interface AuditDrain extends RepeatingWork {
  /** Moves everything there is; 0 when another replica is at it. */
  drainOnce(signal?: AbortSignal): Promise<number>;
}

export interface AuditDrainOptions {
  pool: Pool;
  stream: AuditStream;
  log: Logger;
  intervalMs?: number;
  /** Told after every round how many events wait in Redis, and since when the oldest does. */
  onWaiting?(events: number, oldestMs: number | undefined): void;
  batchSize?: number;
}

export function createAuditDrain(options: AuditDrainOptions): AuditDrain {
  const { pool, stream, log, intervalMs = 1000, batchSize = 500 } = options;

  const moveBatch = async (client: PoolClient): Promise<number> => {
    const entries = await stream.oldest(batchSize);
    await store(client, entries, log);
    // After the commit: a crash in between delivers them again, and the ids keep the rows single.
    await stream.remove(entries.map(({ streamId }) => streamId));
    return entries.length;
  };

  const drainOnce = async (signal?: AbortSignal): Promise<number> => {
    const moved = await withAdvisoryLock(pool, 'audit-drain', async (client) => {
      let total = 0;
      for (let count = batchSize; count === batchSize && !signal?.aborted; total += count)
        count = await moveBatch(client);
      return total;
    });
    return moved ?? 0;
  };

  const tellWaiting = async () => {
    const [events, oldestMs] = await Promise.all([stream.length(), stream.oldestMs()]);
    options.onWaiting?.(events, oldestMs);
  };

  const work = createRepeatingWork({
    log,
    intervalMs,
    failing: 'security events wait in Redis: they could not be stored',
    recovered: 'security events are stored again',
    async round(signal) {
      try {
        await drainOnce(signal);
      } catch (error) {
        await tellWaiting().catch(() => undefined);
        throw error;
      }
      await tellWaiting();
      return false;
    },
  });

  return { drainOnce, ...work };
}

/** One row that PostgreSQL refuses must not hold up all others: it stays readable in the log. */
async function store(client: PoolClient, entries: readonly StreamedAuditEvent[], log: Logger): Promise<void> {
  const texts = entries.flatMap(({ text, streamId }) => {
    if (text === undefined) log.error({ streamId }, 'an entry of the audit stream is no event');
    return text ?? [];
  });
  try {
    await insertEventTexts(client, texts);
  } catch (error) {
    if (!isRefusedValue(error)) throw error;
    for (const text of texts) await storeAlone(client, text, log);
  }
}

async function storeAlone(client: PoolClient, text: string, log: Logger): Promise<void> {
  try {
    await insertEventTexts(client, [text]);
  } catch (error) {
    if (!isRefusedValue(error)) throw error;
    log.error({ err: error, auditEvent: text }, 'a security event could not be stored');
  }
}

/** SQLSTATE class 22 (data exception) or 23 (constraint): trying again would not help. */
function isRefusedValue(error: unknown): boolean {
  return /^2[23]/.test((error as { code?: string }).code ?? '');
}
