/** Connects to the LDAP servers of an environment that serve this installation's location. */

import { systemClock } from '@gatehouse/config-server-client/surroundings';
import type { EnvironmentView } from '@gatehouse/contracts/environment-api';
import { createDirectoryBackend, directorySettingsOf, type PersonNumbers } from '@gatehouse/directory-ldap';
import type { PeopleDirectory } from '@gatehouse/people-directory';
import type { Clock } from '@gatehouse/service-kit/clock';
import { type ConnectOptions, noServer, serversAt } from './connect-environment.ts';

export interface ConnectDirectoryOptions extends ConnectOptions {
  /** Of the people of one environment. */
  numbers(environmentId: string): PersonNumbers;
  /** Decides which accounts and passwords have expired. */
  now: Clock;
}

export function connectDirectory(
  environment: EnvironmentView,
  { location, secretBox, discovery, log, metrics, numbers, now }: ConnectDirectoryOptions,
): PeopleDirectory {
  const { id, ldap } = environment;
  const settings = directorySettingsOf(environment, secretBox.open);
  const servers = serversAt(ldap?.servers ?? [], location);
  const fixed = servers.map(({ address, port }) => ({ id: `${address}:${port}`, host: address, port }));
  // Last, because the link closes it: a failure in between would leave a watch behind.
  const endpoints = discovery.find(environment, fixed);
  if (endpoints === undefined) throw noServer('LDAP server', id, ldap?.servers ?? [], location);
  const clock = { ...systemClock, nowMs: now };
  return createDirectoryBackend({
    settings,
    endpoints,
    numbers: numbers(id),
    clock,
    log,
    metrics: metrics(id),
  });
}
