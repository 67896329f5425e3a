/** Maps a client to a row of `auth.clients`: every stored property has the column of its name. */
import { definedOnly } from '@gatehouse/contracts/values';
import type { Client } from './client.ts';
import { columnOf, table } from './table.ts';

/** The database sets the other properties. */
type Stored = Omit<Client, 'version' | 'createdAtMs' | 'updatedAtMs' | 'lastUsedAtMs' | 'lastGrants'>;

export type ClientRow = Record<string, unknown> & {
  version: number;
  created_at: Date;
  updated_at: Date;
  last_used_at: Date | null;
  last_grants: Record<string, number>;
};

/** No field that a caller sends. */
const own = [
  { property: 'secrets', isJson: true },
  { property: 'logo', isJson: true },
  { property: 'registeredDynamically', isJson: false },
  { property: 'registrationAccessTokenHash', isJson: false },
] as const;

const stored: readonly { property: keyof Stored; column: string; isJson: boolean }[] = [
  ...table,
  ...own.map((entry) => ({ ...entry, column: columnOf(entry.property) })),
];

/** In the order of the values that rowValues() makes; the client id first. */
export const columns: readonly string[] = stored.map(({ column }) => column);

/** Of a whole row: with those that the database sets. */
export const readColumns = [
  ...columns,
  'version',
  'created_at',
  'updated_at',
  'last_used_at',
  'last_grants',
].join(', ');

export function rowValues(client: Client): unknown[] {
  return stored.map(({ property, isJson }) => {
    const value = client[property];
    if (value === undefined) return null;
    return isJson ? JSON.stringify(value) : value;
  });
}

export function toClient(row: ClientRow): Client {
  const present = stored.filter(({ column }) => row[column] !== null);
  const values = Object.fromEntries(present.map(({ property, column }) => [property, row[column]]));
  return {
    ...(values as unknown as Stored),
    ...definedOnly({ lastUsedAtMs: row.last_used_at?.getTime() }),
    lastGrants: row.last_grants,
    createdAtMs: row.created_at.getTime(),
    updatedAtMs: row.updated_at.getTime(),
    version: row.version,
  };
}
