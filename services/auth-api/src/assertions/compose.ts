/** Composes the key sets that clients and identity providers publish. */
import type { Core } from '../core.ts';
import { createEncryption } from './encryption.ts';
import { createKeySets } from './key-sets.ts';

export type Assertions = ReturnType<typeof composeAssertions>;

interface AssertionDependencies {
  config: { clients: { smallExponentClients: readonly string[] } };
}

export function composeAssertions({ outbound, now }: Core, { config }: AssertionDependencies) {
  const { smallExponentClients } = config.clients;
  const clientKeySets = createKeySets({ outbound, smallExponentClients, now });
  return {
    clientKeySets,
    encryptFor: createEncryption(clientKeySets),
    // Five minutes, as in discovery-driven libraries: a key that a provider withdrew is not believed for long.
    providerKeySets: createKeySets({ outbound, now, freshMs: 300_000 }),
  };
}
