/** Who a user is to everything behind the login: the value that sessions, tokens and userinfo carry. */

export interface Authority {
  name: string;
  privileges: string[];
}

/** Plain JSON: it is stored with sessions and refresh families as it stands. */
export interface UserIdentity {
  /** Stable for the life of the person: derived from environment and DBID, never from a name. */
  sub: string;
  environmentId: string;
  contactCenterId: string;
  /** DBID of the person at the Configuration Server of the environment. */
  dbid: number;
  tenantDbid: number;
  /** Unique in the whole installation: `<first domain of the contact centre>\<user name>`. */
  username: string;
  /** The name the person signs in with, as the Configuration Server spells it. */
  loginName: string;
  cmeUserName: string;
  firstName?: string;
  lastName?: string;
  email?: string;
  authorities: Authority[];
  properties: Record<string, string>;
}
