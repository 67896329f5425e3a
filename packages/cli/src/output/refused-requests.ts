/** Prints refused requests to the OAuth endpoints: why, what was sent, and what is registered. */
import type { RefusedRequest } from '@gatehouse/contracts/auth-administration';
import type { Output } from './output.ts';
import type { Columns } from './table.ts';
import { whyOf } from './words.ts';

/** As a security event looks, for scripts. */
export function refusedEventOf({
  at,
  correlationId,
  clientId,
  contactCenterId,
  clientAddress,
  ...fields
}: RefusedRequest) {
  const facts = { at, correlationId, clientId, contactCenterId, clientAddress };
  return { name: 'request_refused', outcome: 'failure', ...facts, fields };
}

/** They say an identifier with the name that it has. */
export type Names = Record<'client' | 'center', (id: string) => string>;

export const refusedColumns = ({ client, center }: Names): Columns<RefusedRequest> => ({
  refused: 'at',
  endpoint: 'endpoint',
  reason: ({ reason, detail }) => whyOf(reason, detail),
  sent: ({ sent }) => pairsOf(sent),
  registered: ({ registered }) => pairsOf(registered),
  client: ({ clientId }) => clientId && client(clientId),
  'contact centre': ({ contactCenterId }) => contactCenterId && center(contactCenterId),
  from: 'clientAddress',
  correlation: 'correlationId',
});

/** For people. Nothing is printed when there are none. */
export function printRefusedRequests(
  requests: readonly RefusedRequest[],
  names: Names,
  output: Output,
): void {
  if (!output.isJson && requests.length > 0) output.rows(requests, refusedColumns(names), '');
}

function pairsOf(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}
