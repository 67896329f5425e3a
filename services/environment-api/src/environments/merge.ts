/** Builds the fields of an environment from what a caller gives, and from those that are stored. */

import { bindPasswordPlace, passwordPlace, peopleSources } from '@gatehouse/contracts/environment-api';
import { defaultTenant } from '@gatehouse/contracts/resources';
import { definedOnly } from '@gatehouse/contracts/values';
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import { readList } from './config-server.ts';
import { requireFit } from './directory.ts';
import { mergeDiscovery } from './discovery.ts';
import type { Environment, EnvironmentFields } from './environment.ts';
import { mergeLdap } from './ldap.ts';
import type { EnvironmentPatch, NewEnvironment } from './schemas.ts';
import { createTlsMerge } from './tls.ts';

export function createEnvironmentMerge(secretBox: SecretBox) {
  const mergeTls = createTlsMerge(secretBox);

  /** Seals the password of the account that reads people. */
  function withSecret<T extends EnvironmentFields>(id: string, fields: T, secret: string): T {
    const { ldap } = fields;
    if (!ldap) return { ...fields, passwordEnvelope: secretBox.seal(secret, passwordPlace(id)) };
    return {
      ...fields,
      ldap: { ...ldap, bindPasswordEnvelope: secretBox.seal(secret, bindPasswordPlace(id)) },
    };
  }

  return {
    withSecret,
    /** @throws AppError 400 */
    newFields(
      id: string,
      { password, configServers, consulService, srvRecord, tls, ldap, ...rest }: NewEnvironment,
    ): EnvironmentFields {
      const { directory, tlsEnabled } = rest;
      const fields: EnvironmentFields = {
        ...rest,
        // Without one the store makes the usual one, of what it has stored.
        name: rest.name ?? '',
        username: rest.username ?? '',
        tenant: rest.tenant ?? (peopleSources[directory].hasTenants ? defaultTenant : ''),
        passwordEnvelope: '',
        ...mergeDiscovery({}, { consulService, srvRecord }),
        ...definedOnly({
          tls: mergeTls(id, undefined, tls),
          ldap:
            directory === 'ldap'
              ? { ...mergeLdap(undefined, ldap ?? {}, tlsEnabled), bindPasswordEnvelope: '' }
              : undefined,
        }),
        configServers: readList(configServers, []),
      };
      const secret = directory === 'ldap' ? ldap?.bindPassword : password;
      return secret === undefined ? fields : withSecret(id, fields, secret);
    },
    /** @throws AppError 400 */
    changedFields(
      { consulService, srvRecord, tls, ldap, ...present }: Environment,
      patch: Omit<EnvironmentPatch, 'password'>,
    ): EnvironmentFields {
      requireFit(present.directory, patch);
      const { consulService: newService, srvRecord: newRecord, tls: newTls, ldap: newLdap, ...given } = patch;
      const { configServers, ...plain } = given;
      const tlsEnabled = plain.tlsEnabled ?? present.tlsEnabled;
      return {
        ...present,
        ...definedOnly(plain),
        ...mergeDiscovery({ consulService, srvRecord }, { consulService: newService, srvRecord: newRecord }),
        ...definedOnly({
          tls: mergeTls(present.id, tls, newTls),
          ldap: ldap && { ...ldap, ...mergeLdap(ldap, newLdap ?? {}, tlsEnabled) },
          configServers: configServers && readList(configServers, present.configServers),
        }),
      };
    },
  };
}
