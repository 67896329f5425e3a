/** Shows LDAP settings of an environment as lines. */
import type { Environment } from '@gatehouse/contracts/environment-administration';
import { address } from './server-text.ts';

type Ldap = NonNullable<Environment['ldap']>;

export function ldapLines({ servers, filters, attributes, ...rest }: Ldap): [string, unknown][] {
  const named = (prefix: string, values: object) =>
    Object.entries(values).map(([name, value]): [string, unknown] => [`${prefix}.${name}`, value]);
  return [
    ...named('ldap', rest),
    ...named('ldap.filters', filters),
    ...named('ldap.attributes', attributes),
    ...servers.map((server): [string, unknown] => [
      'ldap server',
      `${address(server.address, server.port)}, ${server.locations.join(' ')}`,
    ]),
  ];
}

export function ldapPlaces(ldap: Ldap | undefined): string[] {
  return (ldap?.servers ?? []).map((server) => address(server.address, server.port));
}
