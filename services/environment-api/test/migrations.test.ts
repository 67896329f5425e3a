import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Secret } from '@gatehouse/service-kit/crypto';
import { createLogger } from '@gatehouse/service-kit/observability';
import { migrate } from '@gatehouse/service-kit/postgres';
import { createTestDatabase } from '@gatehouse/testing/postgres';
import { temporaryFolder } from '@gatehouse/testing/programs';
import { expect, it } from 'vitest';

const postgres = {
  host: 'unused',
  port: 5432,
  database: 'unused',
  username: 'unused',
  password: undefined,
  ssl: 'off',
  poolSize: 1,
  poolCheckoutTimeoutMs: 1000,
  statementTimeoutMs: 10_000,
} as const;

it('runs migrations with older 13-digit names before those with a date, and skips the README', async () => {
  const database = await createTestDatabase();
  const folder = await temporaryFolder();
  const names = ['20261125091000_second', '20270131120000_third', '1764100002000_first'];
  for (const name of names) {
    await writeFile(
      join(folder, `${name}.sql`),
      '-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 1;\n',
    );
  }
  await writeFile(join(folder, 'README.md'), '# Migrations\n');
  const ran = await migrate(
    { ...postgres, url: new Secret(database.url) },
    {
      schema: 'ordered',
      folder: pathToFileURL(`${folder}/`),
      log: createLogger('test', { level: 'silent', format: 'json' }),
    },
  );
  expect(ran).toEqual(['1764100002000_first', '20261125091000_second', '20270131120000_third']);
  await rm(folder, { recursive: true });
  await database.close();
});
