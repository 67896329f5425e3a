/** Turns what the Environment API says about an environment into a link to its Configuration Servers. */
import type { ConfigurationBackend } from '@gatehouse/config-server-client/backend';
import { createConfigServerClient } from '@gatehouse/config-server-client/client';
import { type Endpoint, orderEndpoints } from '@gatehouse/config-server-client/discovery/endpoint-source';
import type { Logger } from '@gatehouse/config-server-client/log';
import type { ConnectionMetrics } from '@gatehouse/config-server-client/metrics';
import { tlsClientOf } from '@gatehouse/contracts/environment-api/config-server-tls';
import {
  type ConfigServerView,
  type EnvironmentView,
  passwordPlace,
} from '@gatehouse/contracts/environment-api/environment';
import type { SecretBox } from '@gatehouse/service-kit/crypto/secret-box';
import { serversAt } from '../contact-centers/location.ts';
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

export function connectEnvironment(
  environment: EnvironmentView,
  options: ConnectOptions,
): ConfigurationBackend {
  const servers = serversAt(environment, options.location);
  const { secretBox } = options;
  const password = secretBox.open(environment.passwordEnvelope, passwordPlace(environment.id));
  const tls = environment.tlsEnabled ? tlsClientOf(environment, secretBox.open) : undefined;
  // The last step before the link that closes it: a failure in between would leave a watch behind.
  const endpoints = options.discovery.find(environment, orderEndpoints(servers.flatMap(endpointsOf)));
  if (endpoints === undefined) throw noServer(environment, options.location);
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

function noServer(environment: EnvironmentView, location: string): SignInError {
  const served = [...new Set(environment.configServers.flatMap(({ locations }) => locations))]
    .sort()
    .join(', ');
  return new SignInError('try_again', {
    detail: `environment ${environment.id} has no Configuration Server for location ${location}; its servers are given for: ${served || 'none'}`,
  });
}
