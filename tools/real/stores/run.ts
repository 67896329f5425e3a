/** `npm run test:stores`: runs the suites that use PostgreSQL and Redis on the oldest, a middle and the newest server. */
import { join } from 'node:path';
import { printedVersion, writeRun } from '@gatehouse/testing/foreign-software';
import { findProgram } from '@gatehouse/testing/programs';
import { writeInteroperability } from '../interoperability.ts';
import { type Pair, pairs, runPair } from './pairs.ts';

/** Those in which the stores of the three services are read and written; Auth UI has its state in cookies. */
const suites = [
  'packages/testing/test/servers.test.ts',
  'packages/service-kit/test/changes',
  'packages/service-kit/test/postgres',
  'packages/service-kit/test/redis',
  'packages/service-kit/test/timekeeping',
  'services/auth-api/test/factors',
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

const args = process.argv.slice(2);
for (const pair of pairs) {
  const passed = await runPair(pair, ['--reporter=default', ...args, ...suites]);
  // Arguments may leave tests out.
  if (passed && args.length === 0) record(pair);
  if (!passed) process.exitCode = 1;
}
writeInteroperability();

function record({ postgres, redis }: Pair): void {
  const postgresVersion = printedVersion(join(postgres.find() ?? '', 'postgres'), '--version');
  recordStore(`PostgreSQL ${Number.parseInt(postgresVersion, 10)}`, postgresVersion);
  const folder = redis?.find();
  const program = folder === undefined ? (findProgram('redis-server') ?? '') : join(folder, 'redis-server');
  recordStore(redis?.name ?? 'Redis', printedVersion(program, '--version'));
}

function recordStore(name: string, version: string): void {
  writeRun({
    name,
    version,
    does: 'stores the data of its services in it',
    suite: 'tools/real/stores/run.ts',
  });
}
