/** Makes the data folder of a streaming standby by PostgreSQL's backup functions, because the npm package has no pg_basebackup. */
import { appendFile, chown, copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { type Account, postgresAccount } from './postgres-program.ts';

export interface StandbyOptions {
  /** Address of the primary for its superuser. */
  primaryUrl: string;
  primaryDataDir: string;
  /** Of the standby; what is there is deleted. */
  dataDir: string;
  /** Names the replication slot, by which the primary keeps what the standby has not got yet. */
  slot: string;
}

/** Files that belong to one running server, and files that the standby streams or makes itself. */
const leftOut = new Set(['postmaster.pid', 'postmaster.opts', 'standby.signal', 'backup_label']);
const leftEmpty =
  /^(pg_wal|pg_replslot|pg_dynshmem|pg_notify|pg_serial|pg_snapshots|pg_stat_tmp|pg_subtrans)$/;

/** Start it with `startPostgresServer` afterwards: it follows the primary until `SELECT pg_promote()`. */
export async function createStandby({
  primaryUrl,
  primaryDataDir,
  dataDir,
  slot,
}: StandbyOptions): Promise<void> {
  const account = postgresAccount(primaryDataDir);
  await rm(dataDir, { recursive: true, force: true });
  await mkdir(dirname(dataDir), { recursive: true });
  const primary = new pg.Client({ connectionString: primaryUrl });
  await primary.connect();
  try {
    await primary.query('SELECT pg_create_physical_replication_slot($1, true)', [slot]);
    // One connection for both: the backup ends with it.
    const functions = await backupFunctions(primary);
    await primary.query(`SELECT ${functions.start}`);
    await copyFolder(primaryDataDir, dataDir, account);
    const { rows } = await primary.query(`SELECT labelfile FROM ${functions.stop}`);
    await writeFile(join(dataDir, 'backup_label'), rows[0].labelfile);
  } finally {
    await primary.end();
  }
  await writeFile(join(dataDir, 'standby.signal'), '');
  await appendFile(join(dataDir, 'postgresql.auto.conf'), followed(primaryUrl, slot));
  for (const name of ['backup_label', 'standby.signal']) await give(join(dataDir, name), account);
}

/** PostgreSQL 15 renamed them, and dropped the exclusive backup, to which the last argument of the older ones says no. */
async function backupFunctions(primary: pg.Client) {
  const { rows } = await primary.query(`SELECT current_setting('server_version_num')::int < 150000 AS older`);
  return rows[0].older
    ? { start: `pg_start_backup('standby', true, false)`, stop: 'pg_stop_backup(false, false)' }
    : { start: `pg_backup_start('standby', true)`, stop: 'pg_backup_stop(false)' };
}

function followed(primaryUrl: string, slot: string): string {
  const { hostname, port, username, password } = new URL(primaryUrl);
  const info = `host=${hostname} port=${port} user=${username} password=${decodeURIComponent(password)} application_name=${slot}`;
  return `primary_conninfo = '${info}'\nprimary_slot_name = '${slot}'\n`;
}

/** Files may vanish meanwhile: the log from the start of the backup on says what became of them. */
async function copyFolder(from: string, to: string, account: Account | undefined): Promise<void> {
  await mkdir(to, { mode: 0o700 });
  await give(to, account);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (leftOut.has(entry.name)) continue;
    if (leftEmpty.test(entry.name)) {
      await mkdir(target, { mode: 0o700 });
      await give(target, account);
    } else if (entry.isDirectory()) await copyFolder(source, target, account);
    else if (entry.isFile()) await copyOne(source, target, account);
  }
}

async function copyOne(from: string, to: string, account: Account | undefined): Promise<void> {
  try {
    await copyFile(from, to);
    await give(to, account);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

async function give(path: string, account: Account | undefined): Promise<void> {
  if (account) await chown(path, account.uid, account.gid);
}
