/** Where a token that was made from another one comes from, and who acts with it (RFC 8693 section 4). */
import type { Client } from '../clients/client.ts';
import type { Revocable } from '../revocation/revocation.ts';

/** How a token names somebody; what is left out matches everybody. */
export interface Party {
  iss?: string;
  sub?: string;
  client_id?: string;
}

/** Who acts for the user now, and below it who did before. */
export interface Actor {
  sub: string;
  client_id: string;
  act?: Actor;
}

export interface Lineage {
  act?: Actor;
  /** The one party that may act for the user with this token. */
  mayAct?: Party | undefined;
  /** How many tokens it was made from, one after the other. */
  generation?: number;
  /** When its client got it, where the user authorized another one before: compared with revocations of the client. */
  heldSinceMs?: number;
  /** What its own facts do not say: the clients and actors before it. It is revoked together with any of these. */
  restsOn?: Revocable[];
}

/** Who alone may act for users with tokens of the client, if its registration says so. */
export function partyNamedBy({ tokenExchange: { mayAct } }: Client): Party | undefined {
  return mayAct === undefined ? undefined : { client_id: mayAct };
}

/** The lineage of a token or grant alone, for what is made from it; `mayAct` where another one says that. */
export function lineageOf(lineage: Lineage, mayAct = lineage.mayAct): Lineage {
  const { act, generation, heldSinceMs, restsOn } = lineage;
  return {
    ...(act === undefined ? {} : { act }),
    ...(mayAct === undefined ? {} : { mayAct }),
    ...(generation === undefined ? {} : { generation }),
    ...(heldSinceMs === undefined ? {} : { heldSinceMs }),
    ...(restsOn === undefined ? {} : { restsOn }),
  };
}
