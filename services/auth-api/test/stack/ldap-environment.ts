/** An environment whose people are in an LDAP server of a test. */
import { bindPasswordPlace, type EnvironmentView } from '@gatehouse/contracts/environment-api';
import { createSecretBox, Secret } from '@gatehouse/service-kit/crypto';
import { type LdapTestServer, ldapNames } from '@gatehouse/testing/ldap';
import { encryptionKeys, environmentId, environmentOf } from './auth-api.ts';

export const pollSeconds = 1;

export function ldapEnvironment({ ca, tlsPort }: Pick<LdapTestServer, 'ca' | 'tlsPort'>): EnvironmentView {
  const envelope = createSecretBox(new Secret(encryptionKeys)).seal(
    ldapNames.bindPassword,
    bindPasswordPlace(environmentId),
  );
  return {
    ...environmentOf(1, 2),
    directory: 'ldap',
    tlsEnabled: true,
    tls: { ca },
    configServers: [],
    username: '',
    passwordEnvelope: '',
    tenant: '',
    ldap: {
      type: 'standard',
      servers: [{ address: '127.0.0.1', port: tlsPort, locations: ['/'] }],
      startTls: false,
      bindDn: ldapNames.bindDn,
      bindPasswordEnvelope: envelope,
      baseDns: [ldapNames.peopleDn],
      groupBaseDns: [ldapNames.groupsDn],
      filters: { person: '(objectClass=inetOrgPerson)', group: '(objectClass=groupOfNames)' },
      attributes: {
        id: 'entryUUID',
        userName: 'uid',
        firstName: 'givenName',
        lastName: 'sn',
        email: 'mail',
        employeeId: 'employeeNumber',
        externalId: '',
        groupName: 'cn',
        member: 'member',
      },
      groupDepth: 3,
      pollSeconds,
    },
  };
}
