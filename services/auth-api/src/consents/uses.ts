/** Records when applications last got tokens of the users who agreed: gathered in memory, written at most once a minute for each. */
import { createLastUses, type LastUsesOptions } from '@gatehouse/service-kit/postgres/last-uses';
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';

export function createConsentUses(db: Queryable, options: Omit<LastUsesOptions, 'write' | 'what'>) {
  const uses = createLastUses({
    ...options,
    what: 'consents',
    write: (times) => writeUses(db, times),
  });
  return {
    /** Returns immediately; a failed write is logged and fails no request. */
    note: (clientId: string, sub: string) => uses.note(`${clientId} ${sub}`),
    /** Resolves when the uses so far are written or given up. */
    settled: uses.settled,
  };
}

/** Most users of most clients were never asked: of them nothing is kept. Locked rows are skipped: the next use is recorded instead. */
async function writeUses(db: Queryable, times: ReadonlyMap<string, number>): Promise<void> {
  // No client id has a space.
  const pairs = [...times.keys()].map((id) => id.split(/ (.*)/s));
  await db.query({
    name: 'write_consent_uses',
    text: `WITH given AS (
        SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS given (client_id, sub, at)),
      free AS (
        SELECT known.sub, known.client_id FROM auth.consents known JOIN given USING (sub, client_id)
        ORDER BY known.sub, known.client_id FOR NO KEY UPDATE OF known SKIP LOCKED)
      UPDATE auth.consents known SET last_used_at = given.at FROM given JOIN free USING (sub, client_id)
      WHERE known.sub = given.sub AND known.client_id = given.client_id
        AND (known.last_used_at IS NULL OR known.last_used_at < given.at)`,
    values: [
      pairs.map(([clientId]) => clientId),
      pairs.map(([, sub]) => sub),
      [...times.values()].map((ms) => new Date(ms).toISOString()),
    ],
  });
}
