/** The part of the suites of the stores that `npm run test:real` runs, on the oldest PostgreSQL and Valkey. */
import { oldest, runPair } from './pairs.ts';

const suites = [
  'packages/testing/test/servers.test.ts',
  'services/auth-api/test/tokens/',
  'services/environment-api/test/contact-centers',
  'services/environment-api/test/settings',
];

/** Whether nothing failed. Where the servers cannot be had, nothing runs. */
export async function runCore(): Promise<boolean> {
  return (await runPair(oldest, suites)) !== false;
}
