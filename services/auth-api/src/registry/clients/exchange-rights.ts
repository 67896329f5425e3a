/** Reads which clients may exchange whose tokens for which audience, around one client. */
import type { ClientExchanges } from '@gatehouse/contracts/auth-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { exchangeGrantType } from '../../core/protocol/grant-types.ts';
import type { Client, TokenExchangePolicy } from './client.ts';

interface Row {
  client_id: string;
  grant_types: string[];
  client_type: Client['clientType'];
  token_exchange: TokenExchangePolicy;
}

/** A graph with more lines shows nothing. */
const maxRights = 100;

/** `within`: shows what belongs to clients that are bound to exactly this contact centre. */
export async function readExchangeRights(
  db: Queryable,
  clientId: string,
  within: string | undefined,
): Promise<ClientExchanges> {
  // The client itself first: what it may do must not be cut off.
  const { rows } = await db.query<Row>({
    name: 'clients_by_exchange',
    text: `SELECT client_id, grant_types, client_type, token_exchange FROM auth.clients
      WHERE (client_id = $1 OR token_exchange -> 'subjectClients' ? $1 OR token_exchange -> 'audiences' ? $1)
        AND ($2::text IS NULL OR contact_center_ids = ARRAY[$2])
      ORDER BY client_id <> $1, client_id LIMIT ${maxRights + 1}`,
    values: [clientId, within ?? null],
  });
  const rights = rows.slice(0, maxRights).map(rightOf).filter(isRight);
  const ids = new Set([
    clientId,
    ...rights.flatMap(({ requester, subjects, audiences }) => [requester, ...subjects, ...audiences]),
  ]);
  const names = await namesOf(db, [...ids], within);
  const clients = [...ids].map((id) => definedOnly({ client_id: id, name: names.get(id) }));
  return { client_id: clientId, rights, clients, isCut: rows.length > maxRights };
}

type Right = ClientExchanges['rights'][number];

function rightOf({ client_id: requester, grant_types, client_type, token_exchange }: Row): Right {
  const { subjectClients, audiences, delegation, idTokens, refreshTokens, mayAct } = token_exchange;
  return {
    requester,
    subjects: subjectClients,
    audiences: [...new Set([requester, ...audiences])],
    delegation,
    idTokens: idTokens ?? false,
    refreshTokens: refreshTokens ?? false,
    ...definedOnly({ mayAct }),
    isInForce: client_type !== 'PUBLIC' && grant_types.includes(exchangeGrantType),
  };
}

/** Without subjects it may exchange nothing. */
const isRight = ({ subjects }: Right) => subjects.length > 0;

async function namesOf(db: Queryable, ids: readonly string[], within: string | undefined) {
  const { rows } = await db.query<{ client_id: string; name: string }>({
    name: 'client_names',
    text: `SELECT client_id, name FROM auth.clients
      WHERE client_id = ANY ($1) AND ($2::text IS NULL OR contact_center_ids = ARRAY[$2])`,
    values: [ids, within ?? null],
  });
  return new Map(rows.map(({ client_id, name }) => [client_id, name]));
}
