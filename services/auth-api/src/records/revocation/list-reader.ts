/** Reads the revocations that PostgreSQL has and a replica may not know, and notices those that a restored PostgreSQL lacks. */
import type { Logger } from '@gatehouse/service-kit/observability';
import type { RevocationMemory } from './memory.ts';
import type { Revocation } from './revocation.ts';
import { keyOf, type RevocationTable } from './table.ts';

interface ListReaderOptions {
  table: RevocationTable;
  memory: RevocationMemory;
  /** The list lacks a revocation that it had. */
  onUnlisted(revocation: Revocation): void;
  log: Logger;
}

export function createListReader({ table, memory, onUnlisted, log }: ListReaderOptions) {
  let knownUntil: string | undefined;
  let server: string | undefined;

  function recordLost(listed: ReadonlyMap<string, number>): void {
    let lost = 0;
    for (const revocation of memory.all()) {
      if ((listed.get(keyOf(revocation)) ?? Number.NEGATIVE_INFINITY) >= revocation.atMs) continue;
      onUnlisted(revocation);
      lost += 1;
    }
    if (lost > 0)
      log.error(
        { event: 'postgres_lost_revocations', lost },
        'PostgreSQL lacks revocations that this replica knows: they are written to it again',
      );
  }

  /**
   * Reads the whole list first, then its new rows. A PostgreSQL that has started may be an older copy, whose clock is another
   * one: the whole list is read again. @throws where PostgreSQL does not answer
   */
  return async function readList(onRow: (row: Revocation) => void): Promise<void> {
    const moment = await table.moment();
    const isAnother = server !== undefined && moment.server !== server;
    const listed = new Map<string, number>();
    for await (const page of table.read(isAnother ? undefined : knownUntil)) {
      for (const row of page) {
        memory.add(row);
        onRow(row);
        if (isAnother) listed.set(keyOf(row), row.atMs);
      }
    }
    if (isAnother) recordLost(listed);
    knownUntil = moment.at;
    server = moment.server;
  };
}
