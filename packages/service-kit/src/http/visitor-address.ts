/** Names the address of the person behind a call of Auth UI: all of its calls come from the addresses of its pods. */
import { isIP } from 'node:net';
import { consoleClientId, visitorAddressHeader } from '@gatehouse/contracts/auth-api';

interface CallerRequest {
  ip: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * `clientId`: whose token the call came with. Auth UI alone has tokens of the console's client, because browsers keep them
 * encrypted. Without one, the header is what a stranger wrote.
 */
export function visitorAddressOf({ ip, headers }: CallerRequest, clientId: string | undefined): string {
  const { [visitorAddressHeader]: address } = headers;
  return clientId === consoleClientId && typeof address === 'string' && isIP(address) !== 0 ? address : ip;
}
