/** Records from what a token was derived by exchange, and who acts with it (RFC 8693 section 4). */
import { loginGrantTypes } from '@gatehouse/contracts/auth-api';
import type { Revocable } from '../records/revocation/revocation.ts';
import type { Client } from '../registry/clients/client.ts';

/** A party as `may_act` names it (RFC 8693 section 4.4); an absent member matches every party. */
export interface Party {
  iss?: string;
  sub?: string;
  client_id?: string;
}

/** The claim `act`: who acts for the user now, and nested in it who did before. */
export interface ActorClaim {
  sub: string;
  client_id: string;
  act?: ActorClaim;
}

export interface Lineage {
  act?: ActorClaim | undefined;
  /** The only party that may act for the user with this token. */
  mayAct?: Party | undefined;
  /** How many exchanges lie behind it. */
  generation?: number | undefined;
  /** When its client got it, if the user had authorized another client: compared with revocations of the client. */
  heldSinceMs?: number | undefined;
  /** The clients and actors before it: it is revoked together with any of these. */
  restsOn?: Revocable[] | undefined;
  /** It came from an exchanged refresh token: its family is not that of the user's login. */
  hasOwnFamily?: true | undefined;
}

/** Whether the user's own login gave the token, not an exchange, a delegation or an assertion about the user. */
export function isOfOwnLogin({ grantType, act, generation = 0 }: Lineage & { grantType: string }): boolean {
  return loginGrantTypes.includes(grantType) && act === undefined && generation === 0;
}

/** The only party that may act for users with tokens of the client, if its registration names one. */
export function partyNamedBy({ tokenExchange: { mayAct } }: Client): Party | undefined {
  return mayAct === undefined ? undefined : { client_id: mayAct };
}

/** Picks the lineage of a token or grant. */
export function lineageOf(lineage: Lineage, mayAct = lineage.mayAct): Lineage {
  const { act, generation, heldSinceMs, restsOn, hasOwnFamily } = lineage;
  return { act, mayAct, generation, heldSinceMs, restsOn, hasOwnFamily };
}
