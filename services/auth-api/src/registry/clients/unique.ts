/** Inserts a client whose id, addresses and types of authorization details nobody has. */
import { conflict } from '@gatehouse/service-kit/errors';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { Client } from './client.ts';
import { spellingsOf } from './directory.ts';
import { findOwnersOfResource, findTakenDetailType, insertClient } from './store.ts';

/** @throws AppError (409) */
export async function insertUnique(db: Queryable, client: Client): Promise<Client> {
  await requireFree(db, client);
  const inserted = await insertClient(db, client);
  if (inserted === undefined) throw taken(client.clientId);
  return inserted;
}

export function taken(clientId: string) {
  return conflict(`The client id ${clientId} is taken`, { field: 'data.client_id', reason: 'taken' });
}

/** A type means what one resource says, and an address is that of one API. @throws AppError (409) */
export async function requireFree(db: Queryable, client: Client, before?: Client): Promise<void> {
  await requireFreeAddresses(db, client, before);
  const other = client.detailTypes.length === 0 ? undefined : await findTakenDetailType(db, client);
  if (other !== undefined)
    throw conflict(`The type ${other} is registered by another client`, {
      field: 'data.detailTypes',
      reason: 'taken',
    });
}

/** Those that were shared before this rule stay, and mean nobody. */
async function requireFreeAddresses(
  db: Queryable,
  client: Client,
  before: Client | undefined,
): Promise<void> {
  const added = client.resources.filter((address) => !before?.resources.includes(address));
  if (added.length === 0) return;
  const owners = await findOwnersOfResource(db, added.flatMap(spellingsOf));
  const other = owners.find(({ clientId }) => clientId !== client.clientId);
  if (other !== undefined)
    throw conflict(`The address ${other.name} is registered by another client`, {
      field: 'data.resources',
      reason: 'taken',
    });
}
