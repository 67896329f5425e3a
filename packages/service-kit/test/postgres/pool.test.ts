/** Where the connections of a pool lead. */
import pg from 'pg';
import { expect, it } from 'vitest';
import { atAddress, connectionOptions, type PostgresConfig } from '../../src/postgres/pool.ts';
import { Secret } from '../../src/secret.ts';

it.each([
  'postgres://role:password@standby:5432/gatehouse',
  'postgres://role:password@localhost/gatehouse?host=standby&port=5432',
])('the address of another server replaces that of the connection string: %s', (url) => {
  const config = { url: new Secret(url), ssl: 'off' } as PostgresConfig;
  const { host, port, database, user } = new pg.Client(connectionOptions(atAddress(config, 'primary', 5433)));
  expect({ host, port, database, user }).toEqual({
    host: 'primary',
    port: 5433,
    database: 'gatehouse',
    user: 'role',
  });
});
