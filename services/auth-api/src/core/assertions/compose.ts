/** Composes the key sets that clients and identity providers publish. */
import type { Config } from '../../config.ts';
import type { Core, Domain, ServicesOf } from '../domain.ts';
import { createEncryption } from './encryption.ts';
import { createKeySets } from './key-sets.ts';

export type Assertions = ServicesOf<typeof composeAssertions>;

export function composeAssertions({ outbound, now }: Core, { config }: { config: Pick<Config, 'clients'> }) {
  const { smallExponentClients } = config.clients;
  const clientKeySets = createKeySets({ outbound, smallExponentClients, now });
  const services = {
    clientKeySets,
    encryptFor: createEncryption(clientKeySets),
    // Five minutes, as in discovery-driven libraries: a key that a provider withdrew is not believed for long.
    providerKeySets: createKeySets({ outbound, now, freshMs: 300_000 }),
  };
  return { services } satisfies Domain;
}
