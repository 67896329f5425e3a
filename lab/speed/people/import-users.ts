/** Imports users by SCIM bulk requests, as one provisioning client does, beside the bare statements. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { BenchStack } from '../bench-stack.ts';
import { linkPassword, userNameOf } from '../link/link-seed.ts';
import { accounts, type StoreHome } from './homes.ts';

/** What a bulk request may have (RFC 7644 section 5). */
const operationsAtOnce = 1_000;

/** Users with these numbers; the first ones have a password. Gives their ids. */
export async function importUsers(
  { operator }: Pick<BenchStack, 'operator'>,
  { scimUrl }: Pick<StoreHome, 'scimUrl'>,
  from: number,
  to: number,
): Promise<string[]> {
  const ids: string[] = [];
  for (let first = from; first < to; first += operationsAtOnce) {
    const numbers = Array.from(
      { length: Math.min(operationsAtOnce, to - first) },
      (_, index) => first + index,
    );
    const answer = await fetch(`${scimUrl}/Bulk`, {
      method: 'POST',
      headers: { authorization: operator, 'content-type': 'application/scim+json' },
      body: JSON.stringify({
        schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
        Operations: numbers.map((number) => ({
          method: 'POST',
          path: '/Users',
          bulkId: String(number),
          data: userOf(number),
        })),
      }),
    });
    const text = await answer.text();
    const { Operations: results = [] } = JSON.parse(text) as {
      Operations?: { status: string; location?: string }[];
    };
    const refused = results.find(({ status }) => status !== '201');
    if (results.length !== numbers.length || refused !== undefined)
      throw new Error(`a bulk request was refused: ${answer.status} ${JSON.stringify(refused ?? text)}`);
    ids.push(...results.map(({ location = '' }) => location.slice(location.lastIndexOf('/') + 1)));
  }
  return ids;
}

function userOf(number: number) {
  const userName = userNameOf(number);
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName,
    externalId: `E-${number}`,
    name: { givenName: 'Ada', familyName: `Agent ${number}` },
    emails: [{ value: `${userName}@example.com`, type: 'work', primary: true }],
    active: true,
    ...(number < accounts ? { password: linkPassword } : {}),
  };
}

/** One statement for each of as many rows of the same table, in transactions as large. Users a second. */
export async function bareInserts({ postgresUrl }: BenchStack, count: number): Promise<number> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  try {
    await client.query('CREATE TABLE environment.bench_people (LIKE environment.people INCLUDING ALL)');
    const environmentId = randomUUID();
    const startMs = performance.now();
    for (let number = 0; number < count; number += 1) {
      if (number % operationsAtOnce === 0) await client.query('BEGIN');
      const name = userNameOf(number);
      await client.query({
        name: 'bench_insert',
        text: `INSERT INTO environment.bench_people (id, environment_id, dbid, user_name, user_name_key, external_id,
            first_name, last_name, email, email_key, email_keys, is_active)
          VALUES ($1, $2, $3, $4::text, $4::text, $5, 'Ada', 'Agent', $6::text, $6::text, ARRAY[$6::text], true)`,
        values: [randomUUID(), environmentId, number + 1, name, `E-${number}`, `${name}@example.com`],
      });
      if (number % operationsAtOnce === operationsAtOnce - 1) await client.query('COMMIT');
    }
    return (1_000 * count) / (performance.now() - startMs);
  } finally {
    await client.query('DROP TABLE IF EXISTS environment.bench_people').catch(() => undefined);
    await client.end();
  }
}

/** What autovacuum and the checkpointer do in the minutes after an import. */
export async function settle({ postgresUrl }: BenchStack): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  try {
    await client.query('VACUUM ANALYZE environment.people, environment.person_numbers');
    await client.query('CHECKPOINT');
  } finally {
    await client.end();
  }
}
