/** Gathers when things were last used, and writes it where every region writes. */
import { createLastUses, type Queryable } from '@gatehouse/service-kit/postgres';
import type { Core } from './domain.ts';

/** `what`: names the things in the log. `write` gets the moment of each use, by id. */
export function gatherUses(
  { pool, writer, isWritable, now, log }: Core,
  what: string,
  write: (db: Queryable, uses: ReadonlyMap<string, number>) => Promise<void>,
) {
  return createLastUses({
    what,
    write: (uses) => write(writer, uses),
    now,
    log,
    gatherMs: 5_000,
    // A standby cannot be written, but the primary of another region may be reached from beside it.
    isWritable: isWritable || writer !== pool,
  });
}
