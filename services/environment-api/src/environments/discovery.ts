/** Checks the registry of an environment: Consul or DNS may list its Configuration Servers beside the fixed list. */

import { type EnvironmentView, peopleSources } from '@gatehouse/contracts/environment-api';
import { needsPrimary } from '@gatehouse/contracts/resources';
import { definedOnly } from '@gatehouse/contracts/values';
import { badRequest } from '@gatehouse/service-kit/errors';

/** At most one of the two names is set. */
export type RegistryNames = Pick<EnvironmentView, 'consulService' | 'srvRecord'>;

interface RegistryNamesInput {
  consulService?: string | null | undefined;
  srvRecord?: string | null | undefined;
}

/** Given names replace stored ones; null removes one. */
export function mergeDiscovery(present: RegistryNames, patch: RegistryNamesInput): RegistryNames {
  return registryOf({
    consulService: patch.consulService === undefined ? present.consulService : patch.consulService,
    srvRecord: patch.srvRecord === undefined ? present.srvRecord : patch.srvRecord,
  });
}

export function registryOf({ consulService, srvRecord }: RegistryNamesInput): RegistryNames {
  return definedOnly({ consulService: consulService || undefined, srvRecord: srvRecord || undefined });
}

export function namesRegistry({ consulService, srvRecord }: RegistryNames): boolean {
  return consulService !== undefined || srvRecord !== undefined;
}

export const needsServers = `${needsPrimary}, unless consulService or srvRecord is given`;

/** Also called with bodies in which other fields are invalid. */
export function hasServerSource(fields: (RegistryNamesInput & { configServers?: unknown }) | undefined) {
  const isEmpty = Array.isArray(fields?.configServers) && fields.configServers.length === 0;
  return !isEmpty || Boolean(fields.consulService) || Boolean(fields.srvRecord);
}

/** @throws AppError 400 without servers and registry, or with two registries */
export function requireServers(
  fields: RegistryNames & Pick<EnvironmentView, 'directory' | 'configServers' | 'ldap'>,
): void {
  if (fields.consulService !== undefined && fields.srvRecord !== undefined) {
    throw badRequest(
      'The environment has both consulService and srvRecord: keep one, and set the other to null',
      { field: 'data.srvRecord', reason: 'one_of_two' },
    );
  }
  if (peopleSources[fields.directory].fields.includes('configServers') && !hasServerSource(fields)) {
    throw badRequest(`configServers ${needsServers}`, { field: 'data.configServers', reason: 'missing' });
  }
  if (fields.ldap?.servers.length === 0 && fields.srvRecord === undefined) {
    throw badRequest(
      'ldap.servers must be a list with at least one server that has an address, unless srvRecord is given',
      { field: 'data.ldap.servers', reason: 'missing' },
    );
  }
  if (fields.ldap?.baseDns.length === 0) {
    throw badRequest('ldap.baseDns must name at least one entry below which people are', {
      field: 'data.ldap.baseDns',
      reason: 'missing',
    });
  }
}
