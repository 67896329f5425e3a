/** The lines for backup and restoration as they are printed, with PostgreSQL's own programs, into an empty installation. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { printedVersion, recordForeignSoftware } from '@gatehouse/testing/foreign-software';
import { temporaryFolder } from '@gatehouse/testing/programs';
import { it, onTestFinished } from 'vitest';
import { blocksOf } from '../../charts/page-blocks.ts';
import { findDebianPostgres, startDebianPostgres } from './debian-postgres.ts';
import { type Databases, proveRestoration } from './restoration.ts';

const programs = findDebianPostgres();

/** The block of the page that contains the text; a block in a list is indented. */
function printed(page: string, text: string): string {
  const lines = readFileSync(new URL(`../../../docs/${page}`, import.meta.url), 'utf8');
  const block = blocksOf(lines.replaceAll(/^ {3}/gm, '')).find((one) => one.text.includes(text));
  if (block === undefined) throw new Error(`docs/${page} has no block with ${text}`);
  return block.text;
}

/** Without a cluster: what the page runs in a pod of PostgreSQL runs here. */
const kubectl = 'kubectl() { while [ "$1" != -- ]; do shift; done; shift; "$@"; }';

async function runIn(cwd: string, env: NodeJS.ProcessEnv, lines: string): Promise<string> {
  const { stdout } = await promisify(execFile)('bash', ['-eu', '-o', 'pipefail', '-c', lines], { cwd, env });
  return stdout;
}

/** Database and roles of a new installation. */
async function createDatabases(env: NodeJS.ProcessEnv, folder: string): Promise<Databases> {
  const passwords = 'echo "$AUTH_DATABASE_PASSWORD $ENVIRONMENT_DATABASE_PASSWORD"';
  const lines = [kubectl, printed('guides/deployment.md', 'CREATE ROLE gatehouse_auth'), passwords];
  const output = await runIn(folder, env, lines.join('\n'));
  const [auth, environment] = output.trim().split('\n').at(-1)?.split(' ') ?? [];
  const place = `127.0.0.1:${env['PGPORT']}/gatehouse`;
  return {
    auth: `postgres://gatehouse_auth:${auth}@${place}`,
    environment: `postgres://gatehouse_environment:${environment}@${place}`,
  };
}

recordForeignSoftware('PostgreSQL of Debian', 'is backed up and restored by the printed lines', () =>
  printedVersion(join(programs as string, 'postgres'), '--version'),
);

it.skipIf(programs === undefined)(
  'the printed lines of a backup and a restoration bring back logins, clients, keys, revocations and verified audit chains',
  async () => {
    const folder = await temporaryFolder();
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const [first, second] = [
      await startDebianPostgres(programs as string),
      await startDebianPostgres(programs as string),
    ];
    await proveRestoration(await createDatabases(first, folder), async () => {
      await runIn(folder, first, printed('guides/operations.md', 'pg_dump --format'));
      const databases = await createDatabases(second, folder);
      await runIn(folder, second, printed('guides/operations.md', 'pg_restore --exit-on-error'));
      return databases;
    });
  },
  180_000,
);
