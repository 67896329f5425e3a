/** Names what tests may use of LDAP servers. */
export {
  additionOf,
  changeOf,
  groupDn,
  type LdapTestData,
  ldapNames,
  personDn,
  policyDn,
  unitDn,
} from './ldap-data.ts';
export { findSlapd, startLdapServer } from './ldap-server.ts';
export type { LdapTestServer } from './serve.ts';
export { missingFor389, start389Server } from './server-389.ts';
