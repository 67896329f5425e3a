/** Defines an interaction: an authorization request that waits for its user, bound to the browser that sent it. */
import type { InteractionError } from '@gatehouse/contracts/auth-api';
import type { AuthorizationRequest } from '../../core/protocol/authorization-request.ts';
import type { PersonKey } from '../../records/revocation/revocation.ts';
import type { ShownPages } from '../../registry/clients/address.ts';

/** The part that never changes. */
export interface InteractionData {
  clientName: string;
  /** Absent where the client has none, and in what the release before stored. */
  clientPages?: ShownPages;
  /** The only one whose people may use the client: its branding is shown from the first page on. */
  contactCenterId?: string;
  authorization: AuthorizationRequest;
  csrf: string;
  createdAtMs: number;
  expiresAtMs: number;
}

export interface Interaction extends InteractionData {
  id: string;
  clientId: string;
  state: InteractionState;
}

/** The part that changes while the user tries. */
export interface InteractionState {
  error?: InteractionError;
  /** Forms that failed. */
  failures?: number;
  /** Names of the rules, with the error `password_policy`. */
  brokenRules?: string[];
  retryAfterSeconds?: number;
  correlationId?: string;
  /** The user's input before the last error. */
  userName?: string;
  tenant?: string;
  /** Whether the user wanted to stay signed in. */
  remember?: boolean;
  /** The user whom the consent page asks, and the answer. */
  consent?: PendingConsent;
}

export interface PendingConsent {
  sub: string;
  /** Absent in what the release before stored. */
  contactCenterId?: string;
  /** As the page shows it. */
  userName: string;
  answer?: 'allowed' | 'denied';
}

/** Whether the page asked the person of the session; a person of another contact centre may have the same `sub`. */
export function isAsked(
  asked: PendingConsent | undefined,
  { identity }: { identity: PersonKey },
): asked is PendingConsent {
  return asked?.sub === identity.sub && asked.contactCenterId === identity.contactCenterId;
}
