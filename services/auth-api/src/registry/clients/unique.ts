/** Inserts a client whose id and types of authorization details nobody has. */
import { conflict } from '@gatehouse/service-kit/errors';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { Client } from './client.ts';
import { findTakenDetailType, insertClient } from './store.ts';

/** @throws AppError (409) */
export async function insertUnique(db: Queryable, client: Client): Promise<Client> {
  await requireFreeTypes(db, client);
  const inserted = await insertClient(db, client);
  if (inserted === undefined) throw taken(client.clientId);
  return inserted;
}

export function taken(clientId: string) {
  return conflict(`The client id ${clientId} is taken`, { field: 'data.client_id', reason: 'taken' });
}

/** A type means what one resource says. @throws AppError (409) */
export async function requireFreeTypes(db: Queryable, client: Client): Promise<void> {
  const other = client.detailTypes.length === 0 ? undefined : await findTakenDetailType(db, client);
  if (other !== undefined)
    throw conflict(`The type ${other} is registered by another client`, {
      field: 'data.detailTypes',
      reason: 'taken',
    });
}
