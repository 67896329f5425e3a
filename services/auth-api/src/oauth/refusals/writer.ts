/** Writes refusals outside the requests, every two seconds: no request waits for it, and an outage loses examples alone. */
import { createRepeatingWork } from '@gatehouse/service-kit/background';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Logger } from '@gatehouse/service-kit/observability';
import type { Pool } from '@gatehouse/service-kit/postgres';
import { type Client, onlyCenterOf } from '../../registry/clients/client.ts';
import type { ClientDirectory } from '../../registry/clients/directory.ts';
import { writeEveryMs } from './bounds.ts';
import { createGathered, type Group } from './gathered.ts';
import { registeredFor } from './registered.ts';
import { type StoredCount, type StoredExample, writeRefusals } from './store.ts';

interface RefusalWriterOptions {
  pool: Pool;
  directory: Pick<ClientDirectory, 'findRegistered'>;
  now: Clock;
  log: Logger;
}

type Known = Group & { client: Client | undefined };

const isoOf = (ms: number) => new Date(ms).toISOString();

export function createRefusalWriter({ pool, directory, now, log }: RefusalWriterOptions) {
  const gathered = createGathered(now);
  let last = Promise.resolve();

  async function write(groups: readonly Group[]): Promise<void> {
    const known = await Promise.all(
      groups.map(async (group) => ({ ...group, client: await directory.findRegistered(group.clientId) })),
    );
    await writeRefusals(pool, { counts: countsOf(known), examples: known.flatMap(examplesOf) });
  }

  async function writeAll(): Promise<void> {
    const groups = gathered.take();
    if (groups.length === 0) return;
    try {
      await write(groups);
    } catch (error) {
      gathered.putBack(groups);
      throw error;
    }
  }

  /** One after the other: who waits for it sees what was recorded before. @throws Error when PostgreSQL took nothing; the numbers wait then */
  function flush(): Promise<void> {
    const written = last.then(writeAll);
    last = written.catch(() => undefined);
    return written;
  }

  const work = createRepeatingWork({
    log,
    when: 'always',
    intervalMs: writeEveryMs,
    maxPauseMs: 60_000,
    failing: 'refused requests are only counted: PostgreSQL does not take examples',
    recovered: 'refused requests are stored again',
    async round() {
      await flush();
      return false;
    },
  });

  return {
    /** Returns immediately. */
    record: gathered.add,
    flush,
    start: work.start,
    async stop(): Promise<void> {
      await work.stop();
      await flush().catch((error) => log.warn({ err: error }, 'the last refused requests were not stored'));
    },
  };
}

const ownerOf = ({ client }: Known) => ({
  client_id: client?.clientId ?? '',
  contact_center_id: (client && onlyCenterOf(client)) ?? '',
});

/** Unknown clients are one. */
function countsOf(groups: readonly Known[]): StoredCount[] {
  const counts = new Map<string, StoredCount>();
  for (const group of groups) {
    const { client, reason, count, lastAtMs } = group;
    const owner = ownerOf(group);
    const key = `${owner.client_id} ${reason}`;
    const before = counts.get(key)?.count ?? 0;
    const client_since = isoOf(client?.createdAtMs ?? 0);
    counts.set(key, { ...owner, client_since, reason, count: before + count, last_at: isoOf(lastAtMs) });
  }
  return [...counts.values()];
}

function examplesOf(group: Known): StoredExample[] {
  const { client, examples } = group;
  return examples.map(({ atMs, endpoint, error, reason, detail, sent, correlationId, clientAddress }) => ({
    ...ownerOf(group),
    at: isoOf(atMs),
    ...{ endpoint, error, reason, detail, sent },
    registered: client === undefined ? {} : registeredFor(reason, client),
    correlation_id: correlationId,
    client_address: clientAddress,
  }));
}
