/** Starts Debian's PostgreSQL, which has the programs of a backup, over TLS under the name that the documentation prints. */
import { existsSync, globSync } from 'node:fs';
import { appendFile, chown, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority } from '@gatehouse/testing/keys';
import { freePort } from '@gatehouse/testing/network';
import { startPostgresServer } from '@gatehouse/testing/postgres';
import { temporaryFolder } from '@gatehouse/testing/programs';
import { onTestFinished } from 'vitest';

const needed = ['initdb', 'postgres', 'psql', 'pg_dump', 'pg_restore'] as const;

/** The folder of the newest one that is installed with all its programs. */
export function findDebianPostgres(): string | undefined {
  return globSync('/usr/lib/postgresql/*/bin')
    .filter((folder) => needed.every((program) => existsSync(join(folder, program))))
    .sort((one, other) => one.localeCompare(other, 'en', { numeric: true }))
    .at(-1);
}

/** Resolves the variables by which its programs reach it; a line names host, database and user itself. */
export async function startDebianPostgres(programs: string): Promise<NodeJS.ProcessEnv> {
  const folder = await temporaryFolder();
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const dataDir = join(folder, 'data');
  const [password, port] = ['of-the-tests', await freePort()];
  const start = () =>
    startPostgresServer({
      ...{ dataDir, port, password, persistent: true, fast: true },
      programs: { initdb: join(programs, 'initdb'), postgres: join(programs, 'postgres') },
    });
  await (await start()).stop();
  const authority = createAuthority();
  const { cert, key } = authority.issue({ names: ['postgres.example.com'] });
  await writeFile(join(folder, 'ca.crt'), authority.cert);
  await writeFile(join(dataDir, 'server.crt'), cert);
  await writeFile(join(dataDir, 'server.key'), key, { mode: 0o600 });
  await appendFile(join(dataDir, 'postgresql.conf'), 'ssl = on\n');
  // PostgreSQL reads only a key of its own account.
  const { uid, gid } = await stat(dataDir);
  for (const name of ['server.crt', 'server.key']) await chown(join(dataDir, name), uid, gid);
  const server = await start();
  onTestFinished(server.stop);
  return {
    PATH: `${programs}:${process.env['PATH']}`,
    // In place of a name server; the name of the line is the one that the certificate must have.
    PGHOSTADDR: '127.0.0.1',
    PGPORT: String(port),
    PGPASSWORD: password,
    PGSSLROOTCERT: join(folder, 'ca.crt'),
  };
}
