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
export { findSlapd, type LdapTestServer, startLdapServer } from './ldap-server.ts';
