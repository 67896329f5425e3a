/** Tells where a client is, for people who decide about it: its name can be chosen by anybody. */
import type { Client, ClientPages } from './client.ts';

/** Pages show it beside the name. */
export type ShownPages = ClientPages & { address?: string };

/**
 * Where no answer goes to an address: on a device and by an approval. Undefined for a client that registered itself, of which nobody
 * has verified the redirect URIs either: none of them gets the tokens.
 */
export function addressOf({ redirectUris, registeredDynamically, clientUri }: Client): string | undefined {
  if (registeredDynamically) return undefined;
  const web = redirectUris.find((uri) => /^https?:/i.test(uri));
  return URL.parse(web ?? clientUri ?? '')?.host;
}
