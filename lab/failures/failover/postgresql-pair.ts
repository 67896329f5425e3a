/** Keeps a primary of PostgreSQL and a standby of it: copies, promotes and copies anew. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort, startTcpProxy } from '@gatehouse/testing/network';
import { createStandby } from '@gatehouse/testing/postgres';
import pg from 'pg';
import { postgresProgram, postgresUrl } from '../../../tools/stack/backing/postgres.ts';
import type { ChaosStack } from '../../harness/installation.ts';
import { mountSmallDisk } from '../../harness/small-disk.ts';

const diskMiB = 2000;

interface Server {
  port: number;
  dataDir: string;
  kill(): Promise<void>;
  suspend(): Promise<void>;
}

export async function createPostgresPair(
  stack: ChaosStack,
  firstPort: number,
  closers: AsyncDisposableStack,
) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-standby-'));
  // Like the first server's: the disk of the machine is not the subject.
  const disk = mountSmallDisk(folder, diskMiB);
  closers.defer(() => {
    disk?.unmount();
    rmSync(folder, { recursive: true, force: true });
  });
  chmodSync(folder, 0o755);
  const first = stack.components.get('postgres');
  if (first === undefined) throw new Error('the installation has no PostgreSQL');
  let primary: Server = { ...first, port: firstPort, dataDir: stack.postgresData };
  let copies = 0;
  const replication = await startTcpProxy(() => primary.port);
  closers.defer(() => replication.close());
  let standby = await copy();
  // Before the folder goes; the installation ends later.
  closers.defer(async () => {
    await standby.kill();
    await primary.kill();
  });
  await setSynchronous(true);

  async function query(server: Server, ...texts: string[]) {
    const client = new pg.Client({ connectionString: postgresUrl(server.port, stack) });
    await client.connect();
    try {
      let rows: Record<string, string>[] = [];
      for (const text of texts) ({ rows } = await client.query(text));
      return rows;
    } finally {
      await client.end();
    }
  }

  async function copy(): Promise<Server> {
    copies += 1;
    const name = `standby_${copies}`;
    const dataDir = join(folder, name);
    const primaryUrl = postgresUrl(replication.port, stack);
    await createStandby({ primaryUrl, primaryDataDir: primary.dataDir, dataDir, slot: name });
    const port = await freePort();
    const server = stack.addComponent({
      ...postgresProgram(port, stack, { postgresData: dataDir }),
      name,
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
  };
}
