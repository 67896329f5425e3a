/** Moves security events from the Redis stream into PostgreSQL; delivery may repeat, but each event is one row. */
import { createRepeatingWork } from '@gatehouse/service-kit/background';
import type { Logger } from '@gatehouse/service-kit/observability';
import { type Pool, type PoolClient, withAdvisoryLock } from '@gatehouse/service-kit/postgres';
import { insertEventTexts } from './store.ts';
import type { AuditStream, StreamedAuditEvent } from './stream.ts';

interface AuditDrainOptions {
  pool: Pool;
  stream: AuditStream;
  log: Logger;
  intervalMs?: number;
  /** Called after every round with the number of events that wait in Redis and the time of the oldest. */
  onWaiting?(events: number, oldestMs: number | undefined): void;
  batchSize?: number;
}

export function createAuditDrain(options: AuditDrainOptions) {
  const { pool, stream, log, intervalMs = 1000, batchSize = 500 } = options;

  const moveBatch = async (client: PoolClient): Promise<number> => {
    const entries = await stream.oldest(batchSize);
    await store(client, entries, log);
    // After the commit: after a crash in between they are delivered again, and the ids prevent double rows.
    await stream.remove(entries.map(({ streamId }) => streamId));
    return entries.length;
  };

  /** Moves all events. Resolves their number, 0 while another replica holds the lock. */
  const drainOnce = async (signal?: AbortSignal): Promise<number> => {
    const moved = await withAdvisoryLock(pool, 'audit-drain', async (client) => {
      let total = 0;
      for (let count = batchSize; count === batchSize && !signal?.aborted; total += count)
        count = await moveBatch(client);
      return total;
    });
    return moved ?? 0;
  };

  const reportWaiting = async () => {
    const [events, oldestMs] = await Promise.all([stream.length(), stream.oldestMs()]);
    options.onWaiting?.(events, oldestMs);
  };

  const work = createRepeatingWork({
    log,
    when: 'always',
    intervalMs,
    failing: 'security events wait in Redis: they could not be stored',
    recovered: 'security events are stored again',
    async round(signal) {
      try {
        await drainOnce(signal);
      } catch (error) {
        await reportWaiting().catch(() => undefined);
        throw error;
      }
      await reportWaiting();
      return false;
    },
  });

  return { drainOnce, ...work };
}

/** A row that PostgreSQL refuses must not block the others: it is written to the log instead. */
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

/** SQLSTATE class 22 (data exception) or 23 (constraint): a repetition would fail too. */
function isRefusedValue(error: unknown): boolean {
  return /^2[23]/.test((error as { code?: string }).code ?? '');
}
