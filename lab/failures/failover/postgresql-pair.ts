/** Keeps a primary of PostgreSQL and a standby of it: copies, promotes and copies anew. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort, startTcpProxy } from '@gatehouse/testing/network';
import { startPostgresServer } from '@gatehouse/testing/postgres';
import pg from 'pg';
import { postgresUrl } from '../../../tools/stack/backing/postgres.ts';
import type { ChaosStack } from '../../harness/installation.ts';
import { mountSmallDisk } from '../../harness/small-disk.ts';

const diskMiB = 2000;

interface Server {
  port: number;
  dataDir: string;
  kill(): Promise<void>;
  suspend(): Promise<void>;
}

export async function createPostgresPair(stack: ChaosStack, firstPort: number) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-standby-'));
  // Like the first server's: the disk of the machine is not the subject.
  const disk = mountSmallDisk(folder, diskMiB);
  chmodSync(folder, 0o755);
  const first = stack.components.get('postgres');
  if (first === undefined) throw new Error('the installation has no PostgreSQL');
  let primary: Server = { ...first, port: firstPort, dataDir: stack.postgresData };
  let copies = 0;
  const replication = await startTcpProxy(() => primary.port);
  let standby = await copy();
  await setSynchronous(true);

  function query(server: Server, ...texts: string[]) {
    return withClient(server.port, async (client) => {
      let rows: Record<string, string>[] = [];
      for (const text of texts) ({ rows } = await client.query(text));
      return rows;
    });
  }

  async function withClient<T>(port: number, work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: postgresUrl(port, stack) });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  /** The package has no pg_basebackup. */
  async function copy(): Promise<Server> {
    copies += 1;
    const name = `standby-${copies}`;
    const dataDir = join(folder, name);
    await query(primary, "ALTER SYSTEM SET wal_keep_size = '1GB'", 'SELECT pg_reload_conf()');
    const label = await withClient(primary.port, async (client) => {
      await client.query("SELECT pg_backup_start('standby', true)");
      // Files that vanish meanwhile are no failure. The proxies and the load of this process go on.
      await once(spawn('cp', ['-a', primary.dataDir, dataDir]), 'exit');
      const { rows } = await client.query<{ labelfile: string }>(
        'SELECT labelfile FROM pg_backup_stop(false)',
      );
      return rows[0]?.labelfile ?? '';
    });
    for (const left of ['postmaster.pid', 'postmaster.opts']) rmSync(join(dataDir, left), { force: true });
    writeFileSync(join(dataDir, 'backup_label'), label);
    writeFileSync(join(dataDir, 'standby.signal'), '');
    const source = new URL(postgresUrl(replication.port, stack));
    appendFileSync(
      join(dataDir, 'postgresql.auto.conf'),
      `primary_conninfo = '${source.href}'\nsynchronous_standby_names = ''\n`,
    );
    await once(spawn('chown', ['-R', `--reference=${primary.dataDir}`, dataDir]), 'exit');
    const port = await freePort();
    const server = stack.addComponent({
      name,
      async launch(logFile, onSpawn) {
        const { postgresPassword: password } = stack;
        await startPostgresServer({
          dataDir,
          port,
          persistent: true,
          password,
          detached: true,
          logFile,
          onSpawn,
        });
      },
    });
    await server.start();
    while ((await query(primary, "SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'")).length === 0)
      await wait(50);
    return { ...server, port, dataDir };
  }

  async function setSynchronous(isOn: boolean): Promise<void> {
    await query(
      primary,
      `ALTER SYSTEM SET synchronous_standby_names = '${isOn ? '*' : ''}'`,
      'SELECT pg_reload_conf()',
    );
  }

  return {
    replication,
    get primary() {
      return primary;
    },
    setSynchronous,
    /** Gives the port of the new primary. The former one may still run. */
    async promote(): Promise<number> {
      replication.cut();
      await query(standby, 'SELECT pg_promote()');
      return standby.port;
    },
    /** Ends the old primary for good, and gives the new one a standby. */
    async renew(): Promise<void> {
      await primary.kill();
      primary = standby;
      replication.heal();
      standby = await copy();
      await setSynchronous(true);
    },
    async close(): Promise<void> {
      replication.close();
      await standby.kill();
      await primary.kill();
      disk?.unmount();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
