/** Tells where a client is, for people who decide about it: its name can be chosen by anybody. */
import type { Client, ClientPages } from './client.ts';

/** Pages show it beside the name. */
export type ShownPages = ClientPages & { address?: string };

/** The host to which answers go. Nobody has verified the home page of a client that registered itself. */
export function addressOf({ redirectUris, registeredDynamically, clientUri }: Client): string | undefined {
  const web = redirectUris.find((uri) => /^https?:/i.test(uri));
  return URL.parse(web ?? (registeredDynamically ? '' : (clientUri ?? '')))?.host;
}
