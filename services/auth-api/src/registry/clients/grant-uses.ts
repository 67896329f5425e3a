/** Records when clients last got tokens, and by which grant type: gathered in memory, written at most once a minute each. */
import type { Core } from '../../core/domain.ts';
import { gatherUses } from '../../core/last-uses.ts';
import { writeClientGrants } from './store.ts';

export type GrantUses = ReturnType<typeof createGrantUses>;

export function createGrantUses(core: Core) {
  const uses = gatherUses(core, 'grants of clients', async (db, times) => {
    const given = [...times].map(([id, at]) => {
      // No client id has a space.
      const [client_id = '', grant_type = ''] = id.split(' ');
      return { client_id, grant_type, at };
    });
    await writeClientGrants(db, given);
  });
  return {
    /** Returns immediately; a failed write is logged and fails no request. */
    record: (clientId: string, grantType: string) => uses.record(`${clientId} ${grantType}`),
    /** Resolves when the uses so far are written or given up. */
    settled: uses.settled,
  };
}
