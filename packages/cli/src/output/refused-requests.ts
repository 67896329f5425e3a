/** Prints refused requests to the OAuth endpoints: why, what was sent, and what is registered. */
import type { RefusedRequest } from '@gatehouse/contracts/auth-administration';
import type { Output } from './output.ts';
import type { Columns } from './table.ts';

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

export const refusedColumns: Columns<RefusedRequest> = {
  refused: 'at',
  endpoint: 'endpoint',
  reason: ({ reason, detail }) => `${reason}: ${detail}`,
  sent: ({ sent }) => pairsOf(sent),
  registered: ({ registered }) => pairsOf(registered),
  client: 'clientId',
  from: 'clientAddress',
  correlation: 'correlationId',
};

/** For people. Nothing is printed when there are none. */
export function printRefusedRequests(requests: readonly RefusedRequest[], output: Output): void {
  if (!output.isJson && requests.length > 0) output.rows(requests, refusedColumns, '');
}

function pairsOf(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}
