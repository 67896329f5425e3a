/** That a session is over: what clients are told, and what waits until they have been. */

/** A session that has ended, with the clients that got a code or token by it. */
export interface EndedSession {
  sub: string;
  sid: string;
  clientIds: readonly string[];
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
