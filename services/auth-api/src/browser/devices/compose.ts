/** Composes the devices that wait for a user to let them in (RFC 8628). */
import type { Config } from '../../config.ts';
import type { Core, Domain, ServicesOf } from '../../core/domain.ts';
import type { AccountParts } from '../../people/accounts/compose.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { Sessions } from '../sessions/compose.ts';
import { createTries } from './attempts.ts';
import { createDevices } from './service.ts';
import { createDeviceStore } from './store.ts';

interface DeviceDependencies {
  config: Pick<Config, 'authorization'>;
  accounts: AccountParts;
  audit: Audit;
  sessions: Sessions;
}

export type DeviceParts = ServicesOf<typeof composeDevices>;

export function composeDevices({ redis, keyspace, now }: Core, dependencies: DeviceDependencies) {
  const { config, accounts, audit, sessions } = dependencies;
  const services = {
    // With 20^8 codes, this many tries find one of a thousand waiting devices once in 2.5 million windows.
    attempts: createTries(redis, keyspace, {
      name: 'limit:user-code',
      maxAttempts: 10,
      detail: 'too many user codes tried',
    }),
    service: createDevices({
      store: createDeviceStore(redis, keyspace, now),
      sessions: sessions.service,
      admission: accounts.admission,
      audit: audit.writer,
      now,
      lifeSeconds: config.authorization.deviceCodeTtlSeconds,
    }),
  };
  return { services } satisfies Domain;
}
