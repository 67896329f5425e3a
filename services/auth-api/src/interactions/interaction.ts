/** An authorization request that waits for its user, bound to the browser that brought it. */
import type { InteractionError } from '@gatehouse/contracts/auth-api/interaction';
import type { BrowserReply, BrowserRequest } from '../browser/browser-cookies.ts';
import type { AuthorizationRequest } from '../protocol/authorization-request.ts';

export interface Interaction {
  id: string;
  clientId: string;
  clientName: string;
  authorization: AuthorizationRequest;
  csrf: string;
  createdAtMs: number;
  expiresAtMs: number;
  state: InteractionState;
}

/** The part that changes while the user tries. */
export interface InteractionState {
  error?: InteractionError;
  /** With `password_policy`. */
  brokenRules?: string[];
  retryAfterSeconds?: number;
  correlationId?: string;
  /** What the user typed before the last error. */
  userName?: string;
  tenant?: string;
  /** Whether the user wanted to stay signed in. */
  remember?: boolean;
  /** Whom the consent page asks, and what was answered. */
  consent?: PendingConsent;
}

export interface PendingConsent {
  sub: string;
  /** As the page shows it. */
  userName: string;
  answer?: 'allowed' | 'denied';
}

export interface NewInteraction {
  clientName: string;
  authorization: AuthorizationRequest;
}

export interface InteractionService {
  /** Stores the request for ten minutes and gives the browser its binding cookie if it has none. @throws AppError (503) */
  create(
    reply: BrowserReply,
    request: BrowserRequest,
    interaction: NewInteraction,
    state?: InteractionState,
  ): Promise<{ id: string }>;
  /** @throws AppError interaction_expired (400), wrong_browser (403) or 503 */
  read(id: string, browserCookie: string | undefined): Promise<Interaction>;
  /** Same, with the browser's cookie taken from the request. */
  readFor(request: BrowserRequest, id: string): Promise<Interaction>;
  /** Changes what the page shows next; an interaction that is gone stays gone. */
  note(id: string, state: InteractionState): Promise<void>;
  /** Takes it out, so that it can be used once; a foreign browser cannot use it up. @throws as read */
  consume(request: BrowserRequest, id: string): Promise<Interaction>;
}
