/** Reads from an environment what the link to its LDAP directory needs. */
import type { TlsOptions } from '@gatehouse/config-server-client/client';
import {
  bindPasswordPlace,
  type EnvironmentView,
  type LdapSettings,
  tlsClientOf,
} from '@gatehouse/contracts/environment-api';

export interface DirectorySettings extends Omit<LdapSettings, 'servers'> {
  /** Password of `bindDn`. */
  bindPassword: string;
  /** Undefined: plaintext, which the operator has permitted. */
  tls: TlsOptions | undefined;
}

/** `open` opens sealed secrets. @throws what `open` throws */
export function directorySettingsOf(
  environment: EnvironmentView,
  open: (envelope: string, place: ReturnType<typeof bindPasswordPlace>) => Buffer,
): DirectorySettings {
  const { id, ldap, tlsEnabled } = environment;
  if (ldap === undefined) throw new TypeError(`environment ${id} has no LDAP directory`);
  const { servers: _, bindPasswordEnvelope, ...settings } = ldap;
  return {
    ...settings,
    bindPassword: open(bindPasswordEnvelope, bindPasswordPlace(id)).toString('utf8'),
    tls: tlsEnabled ? tlsClientOf(environment, open) : undefined,
  };
}
