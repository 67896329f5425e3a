/** Tells where a client is, for people who decide about it: its name can be chosen by anybody. */
import type { Client, ClientPages } from './client.ts';

/** Pages show it beside the name. */
export type ShownPages = ClientPages & {
  address?: string;
  /** The host that describes it, of a client that is not registered here. */
  documentHost?: string;
  /** Begins a sign-in there. */
  startUri?: string;
};

/** OpenID Connect Core section 4: where a sign-in at the client begins that one of our pages offers. No `login_hint`: the client asks. */
export function startAt(initiateLoginUri: string, issuer: string): string {
  const url = new URL(initiateLoginUri);
  url.searchParams.set('iss', issuer);
  return url.href;
}

/** Where the answer to a request goes: nobody else gets the code or the tokens. Undefined: to an application on a device. */
export function addressOfAnswer(redirectUri: string): string | undefined {
  return /^https?:/i.test(redirectUri) ? URL.parse(redirectUri)?.host : undefined;
}

/**
 * Where no answer goes to an address: on a device and by an approval. Undefined for a client that registered itself, of which nobody
 * has verified the redirect URIs either: none of them gets the tokens.
 */
export function addressOf({ redirectUris, registeredDynamically, clientUri }: Client): string | undefined {
  if (registeredDynamically) return undefined;
  const [web] = redirectUris.map(addressOfAnswer).filter((host) => host !== undefined);
  return web ?? URL.parse(clientUri ?? '')?.host;
}
