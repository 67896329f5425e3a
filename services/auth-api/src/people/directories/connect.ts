/** Connects to the people of an environment, wherever it keeps them: behind Configuration Servers, LDAP servers, or in the people store. */
import type { EnvironmentApiClient } from '@gatehouse/api-client/environment-api';
import type { ConsulAccess } from '@gatehouse/config-server-client/consul';
import { type Directory, type EnvironmentView, peopleSources } from '@gatehouse/contracts/environment-api';
import type { PeopleDirectory } from '@gatehouse/people-directory';
import type { Core } from '../../core/domain.ts';
import { createBackendMetrics, createDiscoveryMetrics } from './backend-metrics.ts';
import { connectDirectory } from './connect-directory.ts';
import { connectEnvironment } from './connect-environment.ts';
import { createPersonNumbers } from './person-numbers.ts';
import { createServerDiscovery } from './server-discovery.ts';

interface ConnectorOptions {
  consul: ConsulAccess | undefined;
  environmentApi: EnvironmentApiClient;
  connectPeopleStore(environment: EnvironmentView): PeopleDirectory;
}

/** The calls to a directory that a sign-in waits for. */
const tracedCalls = [
  'authenticate',
  'changePassword',
  'readPersons',
  'searchPersons',
  'readAccessGroups',
  'readRoles',
  'readTenants',
] as const;

export function createConnector(
  core: Core,
  { consul, environmentApi, connectPeopleStore }: ConnectorOptions,
) {
  const { location, secretBox, now, kit } = core;
  const { log, metrics } = kit;
  const discovery = createServerDiscovery({ consul, log, metrics: createDiscoveryMetrics(metrics) });
  const numbers = createPersonNumbers(environmentApi);
  const options = { location, secretBox, discovery, log, metrics: createBackendMetrics(metrics) };
  const connectors: Record<Directory, (environment: EnvironmentView) => PeopleDirectory> = {
    configServer: (environment) => connectEnvironment(environment, options),
    ldap: (environment) => connectDirectory(environment, { ...options, numbers, now }),
    people: connectPeopleStore,
  };
  return {
    connect(environment: EnvironmentView): PeopleDirectory {
      const { directory } = environment;
      const backend = connectors[directory](environment);
      return kit.tracing?.calls(peopleSources[directory].system, backend, tracedCalls) ?? backend;
    },
    close: discovery.close,
  };
}
