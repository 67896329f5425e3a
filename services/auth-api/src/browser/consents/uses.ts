/** Records when applications last got tokens of the users who agreed: gathered in memory, written at most once a minute for each. */
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { Core } from '../../core/domain.ts';
import { gatherUses } from '../../core/last-uses.ts';
import { type PersonKey, personAtClient } from '../../records/revocation/revocation.ts';

export function createConsentUses(core: Core, keysOf: (person: PersonKey) => Promise<string[]>) {
  const uses = gatherUses(core, 'consents', (db, times) => writeUses(db, times, keysOf));
  return {
    /** Returns immediately; a failed write is logged and fails no request. */
    record: (clientId: string, person: PersonKey) => uses.record(personAtClient(clientId, person)),
    /** Resolves when the uses so far are written or given up. */
    settled: uses.settled,
  };
}

/** Most users of most clients were never asked: of them nothing is kept. Locked rows are skipped: the next use is recorded instead. */
async function writeUses(
  db: Queryable,
  times: ReadonlyMap<string, number>,
  keysOf: (person: PersonKey) => Promise<string[]>,
): Promise<void> {
  const uses = await Promise.all(
    [...times].map(async ([id, atMs]) => {
      // No part has a space.
      const [clientId = '', contactCenterId = '', sub = ''] = id.split(' ');
      return (await keysOf({ contactCenterId, sub })).map((key) => ({ clientId, key, atMs }));
    }),
  );
  const rows = uses.flat();
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
      rows.map(({ clientId }) => clientId),
      rows.map(({ key }) => key),
      rows.map(({ atMs }) => new Date(atMs).toISOString()),
    ],
  });
}
