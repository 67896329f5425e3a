/** LDAP settings of an environment: as options, and as lines. */
import type { Environment } from '@gatehouse/contracts/environment-api/administration/environments';
import { type FieldOption, list } from '../../input/fields.ts';
import { address, hostAndOptionalPort } from './place.ts';

type Ldap = NonNullable<Environment['ldap']>;

/** Names hold commas. */
const names = (text: string) => text.split(';').map((part) => part.trim());

/** A dot leads into an object of the body. Attributes have no options: they are in a file, where a directory needs others. */
export const ldapFields: readonly FieldOption[] = [
  { flags: '--ldap-type <type>', field: 'ldap.type', description: 'standard or activeDirectory' },
  {
    flags: '--ldap-servers <host:port>',
    field: 'ldap.servers',
    description: 'its LDAP servers, separated by commas; without a port 636, or 389',
    read: (text) => list(text).map(hostAndOptionalPort),
  },
  {
    flags: '--start-tls <flag>',
    field: 'ldap.startTls',
    description: 'StartTLS instead of ldaps',
  },
  { flags: '--bind-dn <dn>', field: 'ldap.bindDn', description: 'account that searches' },
  {
    flags: '--base-dns <dns>',
    field: 'ldap.baseDns',
    description: 'below these entries people are; separated by semicolons',
    read: names,
  },
  {
    flags: '--group-base-dns <dns>',
    field: 'ldap.groupBaseDns',
    description: 'below these entries groups are; separated by semicolons',
    read: names,
  },
  { flags: '--person-filter <filter>', field: 'ldap.filters.person', description: 'who is a person' },
  { flags: '--group-filter <filter>', field: 'ldap.filters.group', description: 'what is a group' },
  { flags: '--group-depth <number>', field: 'ldap.groupDepth', description: 'groups in groups; 0: none' },
  {
    flags: '--poll-seconds <seconds>',
    field: 'ldap.pollSeconds',
    description: 'how often it is asked who changed',
  },
];

/** Puts fields with a dot in their names into objects, over those that a file may have given. */
export function nested(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const whole: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(fields)) {
    const parents = path.split('.');
    const last = parents.pop() ?? path;
    let target = whole;
    for (const name of parents) {
      const inner = { ...(target[name] as object | undefined) };
      target[name] = inner;
      target = inner as Record<string, unknown>;
    }
    target[last] = value;
  }
  return whole;
}

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
