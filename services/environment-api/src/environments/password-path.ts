/** Tells whether a change sends the stored password to somebody else than those it was given for, or less protected. */
import type { ConfigServerView, LdapSettings } from '@gatehouse/contracts/environment-api';
import type { EnvironmentFields } from './environment.ts';

/** The fields that say who gets the password, and what keeps others on the way from reading it. */
type PasswordPath = Pick<
  EnvironmentFields,
  'configServers' | 'consulService' | 'srvRecord' | 'tlsEnabled' | 'tls' | 'ldap'
>;

/** The field that leads it elsewhere; undefined: it goes where it went before, protected as before. */
export function divertingField(present: PasswordPath, next: PasswordPath): string | undefined {
  const known = new Set(present.configServers.flatMap(addressesOf));
  if (next.configServers.flatMap(addressesOf).some((place) => !known.has(place))) return 'configServers';
  const ldap = ldapDiversion(present.ldap, next.ldap);
  if (ldap !== undefined) return ldap;
  for (const registry of ['consulService', 'srvRecord'] as const) {
    if (next[registry] !== undefined && next[registry] !== present[registry]) return registry;
  }
  // Plaintext was no protection: whatever replaces it is more.
  if (!present.tlsEnabled) return undefined;
  if (!next.tlsEnabled) return 'tlsEnabled';
  if (next.ldap?.startTls !== present.ldap?.startTls) return 'ldap.startTls';
  // Another authority or name lets another certificate pass for the server's.
  if (next.tls?.ca !== present.tls?.ca) return 'tls.ca';
  if (next.tls?.serverName !== present.tls?.serverName) return 'tls.serverName';
  return undefined;
}

function ldapDiversion(
  present: LdapSettings | undefined,
  next: LdapSettings | undefined,
): string | undefined {
  if (!present || !next) return undefined;
  const known = new Set(present.servers.map(({ address, port }) => hostAndPort(address, port)));
  if (next.servers.some(({ address, port }) => !known.has(hostAndPort(address, port)))) return 'ldap.servers';
  // The password is that of one account.
  return next.bindDn === present.bindDn ? undefined : 'ldap.bindDn';
}

function addressesOf({ primaryAddress, primaryPort, backupAddress, backupPort }: ConfigServerView): string[] {
  const primary = hostAndPort(primaryAddress, primaryPort);
  if (backupAddress === undefined || backupPort === undefined) return [primary];
  return [primary, hostAndPort(backupAddress, backupPort)];
}

function hostAndPort(address: string, port: number): string {
  return `${address.toLowerCase()} ${port}`;
}
