/** That a session is over: what clients are told, and what waits until they have been. */

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
