/** Defines what is written down of the load: every request, and every promise that an answer made. */

export interface Sent {
  kind: string;
  startedMs: number;
  endedMs: number;
  /** 0: no answer. */
  status: number;
  /** Answered as it should be while nothing is broken. */
  isRight: boolean;
  /** As in Answer. */
  error?: string | undefined;
  repeatedAfter?: string[] | undefined;
}

/** Acknowledged facts, which must be true afterwards. */
export interface Promises {
  /** Access tokens that were issued and not revoked. */
  tokens: Set<string>;
  /** Tokens whose revocation was answered 200. */
  revoked: Set<string>;
  /** Settings that were written: value by name. */
  settings: Map<string, string>;
  /** Request ids of logins that succeeded. */
  logins: Set<string>;
}

export interface Broken {
  /** A revoked token was called active. */
  acceptedRevoked: string[];
  /** A refresh token was refused although its last answer was used. */
  lostChains: string[];
}

export type Record = ReturnType<typeof createRecord>;

export function createRecord() {
  return {
    sent: [] as Sent[],
    promises: { tokens: new Set(), revoked: new Set(), settings: new Map(), logins: new Set() } as Promises,
    broken: { acceptedRevoked: [], lostChains: [] } as Broken,
  };
}
