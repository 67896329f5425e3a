/** That a session is over: what clients are told, and what waits until they have been. */

import type { ProviderSession } from '../sessions/session.ts';
import type { UserIdentity } from '../users/identity.ts';

/** A session that has ended, with the clients that got a code or token by it. */
export interface EndedSession {
  sub: string;
  sid: string;
  clientIds: readonly string[];
  /** Of a session that came by single sign-on: where from. */
  provider?: ProviderSession | undefined;
  identity?: Pick<UserIdentity, 'contactCenterId'>;
}

/** For one client. Plain JSON. */
export interface LogoutNotice {
  id: string;
  clientId: string;
  sub: string;
  /** Left out: every session of the user. */
  sid?: string;
  /** How often it was tried. */
  attempts: number;
}
