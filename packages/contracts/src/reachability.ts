/** Names what a right, a key or a setting is worth: the steps of the table of reachability (docs/reference/reachability.md). */

/** A write can put this into somebody's hands. Each API says beside its matrix which of its operations give which. */
export type Fact =
  | 'single sign-on of a contact centre'
  | 'single sign-on where administrators sign in'
  | 'SCIM key of a contact centre'
  | 'SCIM key where administrators sign in'
  | 'API key of a contact centre'
  | 'password of a person of the people store'
  | 'password of an administrator of the people store'
  | 'password of a contact-centre administrator of the people store'
  | 'password of a member of a mapped group of the people store'
  | 'password of the help desk or an auditor of the people store'
  | 'group of the people store'
  | 'servers of the directory'
  | 'environment, domains and members of a contact centre'
  | 'registration of any client'
  | 'secret of any client'
  | 'entry of the list of administrators'
  | 'entry of the list of a contact centre'
  | 'link to the console';

/** A place outside the matrices from which a right can be reached. */
export type Source =
  | 'identity provider of a contact centre'
  | 'identity provider where administrators sign in'
  | 'directory of a contact centre'
  | 'directory where administrators sign in'
  | 'holder of an API key'
  | 'token of an application without the scope `sessions`'
  | 'every session of a user ends';

/** A step that no operation of a matrix is. */
export interface ReachEdge<Holder extends string> {
  from: Fact | Source | Holder;
  to: Fact | Source | Holder;
  /** The deed, in words. */
  by: string;
  /** Only in an installation that is set up so. */
  when?: string;
  /** The guard against it; a test takes the guard away and must find the fault. */
  stoppedBy?: ReachGuard;
}

/** Guards of the code whose loss the table must show. */
export const reachGuards = [
  'an entry names the way of sign-in',
  'places of administrators are closed',
  'records of administrators are closed',
  'records of people with rights are closed',
  'groups of a people store are mapped apart',
  'a bound caller moves no people',
  'global sign-out needs a scope',
] as const;

export type ReachGuard = (typeof reachGuards)[number];
