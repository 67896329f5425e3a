/** Builds the published key set (RFC 7517) from an allow-list of members, so that no private one is ever published. */
import type { SigningKey } from './key-ring.ts';

export interface PublishedKey {
  kty: string;
  use: 'sig';
  alg: string;
  kid: string;
  n?: string;
  e?: string;
  crv?: string;
  x?: string;
  y?: string;
}

/** How long others may cache it: a key is published for longer than that before it signs. */
export const keySetMaxAgeSeconds = 300;

export function publishKeys(keys: readonly SigningKey[]): { keys: PublishedKey[] } {
  return { keys: keys.map(publish) };
}

const publicMembers = ['n', 'e', 'crv', 'x', 'y'] as const;

function publish({ kid, algorithm, publicJwk }: SigningKey): PublishedKey {
  const published: PublishedKey = { kty: publicJwk.kty ?? '', use: 'sig', alg: algorithm, kid };
  for (const member of publicMembers) {
    const value = publicJwk[member];
    if (value !== undefined) published[member] = value;
  }
  return published;
}
