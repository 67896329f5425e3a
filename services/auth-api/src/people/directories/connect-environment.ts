/** Connects to the Configuration Servers of an environment that serve this installation's location. */

import { createConfigServerClient } from '@gatehouse/config-server-client/client';
import { type Endpoint, orderEndpoints } from '@gatehouse/config-server-client/discovery';
import type { ConnectionMetrics, Logger } from '@gatehouse/config-server-client/surroundings';
import {
  byPrecision,
  type ConfigServerView,
  covers,
  type EnvironmentView,
  passwordPlace,
  rootLocation,
  tlsClientOf,
} from '@gatehouse/contracts/environment-api';
import type { PeopleDirectory } from '@gatehouse/people-directory';
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import type { ServerDiscovery } from './server-discovery.ts';
import { SignInError } from './sign-in-error.ts';

export interface ConnectOptions {
  /** Where this installation runs, as a path. */
  location: string;
  secretBox: SecretBox;
  discovery: ServerDiscovery;
  log: Logger;
  metrics(environmentId: string): ConnectionMetrics;
}

export function connectEnvironment(environment: EnvironmentView, options: ConnectOptions): PeopleDirectory {
  const servers = serversAt(environment.configServers, options.location);
  const { secretBox } = options;
  const password = secretBox.open(environment.passwordEnvelope, passwordPlace(environment.id));
  const tls = environment.tlsEnabled ? tlsClientOf(environment, secretBox.open) : undefined;
  // Last, because the link closes it: a failure in between would leave a watch behind.
  const endpoints = options.discovery.find(environment, orderEndpoints(servers.flatMap(endpointsOf)));
  if (endpoints === undefined)
    throw noServer('Configuration Server', environment.id, environment.configServers, options.location);
  return createConfigServerClient({
    endpoints,
    applicationName: environment.appName,
    userName: environment.username,
    password: password.toString('utf8'),
    tls,
    allowPlaintext: !environment.tlsEnabled,
    addp: {
      localTimeoutSeconds: environment.localTimeout,
      remoteTimeoutSeconds: environment.remoteTimeout,
      traceMode: environment.traceMode,
    },
    log: options.log,
    metrics: options.metrics(environment.id),
  });
}

/**
 * Gives the servers of the most precise location that covers `location`, in their order; none when no location does. An
 * installation without a location takes every server: to refuse them all would refuse every login.
 */
export function serversAt<Server extends Placed>(servers: readonly Server[], location: string): Server[] {
  const precise = servers
    .flatMap((server) => locationsOf(server))
    .filter((candidate) => covers(candidate, location))
    .sort(byPrecision)[0];
  if (precise === undefined) return location === rootLocation ? [...servers] : [];
  return servers.filter((server) => locationsOf(server).includes(precise));
}

type Placed = Pick<ConfigServerView, 'locations'>;

/** A server without a location serves every location. */
function locationsOf(server: Placed): string[] {
  return server.locations.length > 0 ? server.locations : [rootLocation];
}

function endpointsOf(server: ConfigServerView): Endpoint[] {
  const { readOnly } = server;
  const primary: Endpoint = {
    id: `${server.id}/primary`,
    host: server.primaryAddress,
    port: server.primaryPort,
    role: readOnly ? 'proxy' : 'primary',
    readOnly,
  };
  if (server.backupAddress === undefined) return [primary];
  const backup: Endpoint = {
    id: `${server.id}/backup`,
    host: server.backupAddress,
    port: server.backupPort ?? server.primaryPort,
    role: readOnly ? 'proxy' : 'backup',
    readOnly,
  };
  return [primary, backup];
}

/** `called`: what a server is called. */
export function noServer(
  called: string,
  environmentId: string,
  servers: readonly Placed[],
  location: string,
): SignInError {
  const served = [...new Set(servers.flatMap(({ locations }) => locations))].sort().join(', ');
  return new SignInError('try_again', {
    detail: `environment ${environmentId} has no ${called} for location ${location}; its servers are given for: ${served || 'none'}`,
  });
}
