/** The command `migrate` as the Job runs it: its only line is what an operator reads. */
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { randomBytes } from '@gatehouse/service-kit/crypto';
import { createTestDatabase } from '@gatehouse/testing/postgres';
import { expect, it, onTestFinished } from 'vitest';
import { spawnService } from './service-process.ts';

it.each(['auth-api', 'environment-api'] as const)(
  'a migration of %s that fails ends with one sentence, once, without a stack',
  async (service) => {
    const database = await createTestDatabase();
    onTestFinished(() => database.close());
    const url = new URL(database.url);
    url.password = 'wrong';
    const child = spawnService(
      service,
      {
        GATEHOUSE_MODE: 'local',
        GATEHOUSE_PUBLIC_URL: 'https://login.test',
        GATEHOUSE_AUTH_API_URL: 'http://127.0.0.1:1',
        GATEHOUSE_SERVICE_CLIENT_ID: 'services',
        GATEHOUSE_SERVICE_CLIENT_SECRET: randomBytes(24).toString('base64url'),
        GATEHOUSE_OPS_USERNAME: 'ops',
        GATEHOUSE_OPS_PASSWORD: randomBytes(24).toString('base64url'),
        GATEHOUSE_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
        GATEHOUSE_POSTGRES_URL: url.href,
      },
      ['migrate'],
    );
    const [out, error, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ]);
    const schema = service === 'auth-api' ? 'auth' : 'environment';
    expect({ out, error, code }).toEqual({
      out: '',
      error: `The schema ${schema} was not migrated, and nothing was changed: password authentication failed for user "${url.username}".\n`,
      code: 1,
    });
  },
  30_000,
);
