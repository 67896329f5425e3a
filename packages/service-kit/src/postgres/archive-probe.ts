/** Tells in the diagnosis when PostgreSQL archived its last WAL: a restore reaches that moment and none after it. */
import { type Probe, saidAs, type Verdict } from '../health/diagnosis.ts';
import { say } from '../sentences/say.ts';
import type { Queryable } from './pool.ts';

interface Facts {
  mode: string;
  is_standby: boolean;
  account: string;
  may_read: boolean;
}

interface Archived {
  archived_at: Date | null;
  failed_at: Date | null;
  failed_wal: string | null;
}

export function archiveProbe(db: Queryable): Probe {
  return {
    name: 'WAL archive',
    async run() {
      const { rows: facts } = await db.query<Facts>(`SELECT current_setting('archive_mode') AS mode,
        pg_is_in_recovery() AS is_standby, current_user::text AS account,
        has_table_privilege('pg_catalog.pg_stat_archiver', 'SELECT') AS may_read`);
      const [fact] = facts;
      if (fact === undefined) throw new Error('a SELECT without FROM gave no row');
      const { mode, is_standby: isStandby, account, may_read: mayRead } = fact;
      if (mode === 'off') return saidAs('skipped', [say('probe.archive.off')]);
      if (isStandby && mode !== 'always') return saidAs('skipped', [say('probe.archive.standby')]);
      if (!mayRead) return saidAs('skipped', [say('probe.archive.unread', { account })]);
      const { rows } = await db.query<Archived>(`SELECT last_archived_time AS archived_at,
        last_failed_time AS failed_at, last_failed_wal AS failed_wal FROM pg_catalog.pg_stat_archiver`);
      return verdictOf(rows[0]);
    },
  };
}

function verdictOf(archived: Archived | undefined): Verdict {
  const { archived_at: last, failed_at: failed, failed_wal: wal } = archived ?? {};
  if (failed && (!last || failed > last)) {
    const sentence = say('probe.archive.failed', { wal: wal ?? '', failedAt: failed.toISOString() });
    return saidAs('failed', last ? [sentence, lastOf(last)] : [sentence]);
  }
  return last ? saidAs('ok', [lastOf(last)]) : saidAs('warning', [say('probe.archive.none')]);
}

const lastOf = (last: Date) => say('probe.archive.last', { archivedAt: last.toISOString() });
