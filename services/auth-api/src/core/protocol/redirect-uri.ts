/** Decides which requested redirect URI a registration covers (RFC 9700 section 4.1), and says what it covers. */
import { redirectUriProblem } from '@gatehouse/contracts/values';

const loopbackHosts = new Set(['127.0.0.1', '[::1]', 'localhost']);
/** At most one of them is the registered one. */
const examplePorts = [49152, 49153];

/** `exact`, or `origin` for the compat profile: any path below the registered one. */
export type RedirectMatching = 'exact' | 'origin';

/** The part of a client's registration about its redirect URIs. */
interface RedirectPolicy {
  redirectUris: readonly string[];
  redirectMatching: RedirectMatching;
  clientType: string;
}

/** Whether the client's registration covers the requested URI. A URI that two parsers could read differently is refused. */
export function isRegisteredRedirectUri(client: RedirectPolicy, requested: string): boolean {
  if (redirectUriProblem(requested) !== undefined) return false;
  return client.redirectUris.some((registered) => covers(client, registered, requested));
}

/** Says how far the registered URI reaches. It asks `covers` with examples, so that it tells nothing else than what is done. */
export function coverageOf(client: RedirectPolicy, registered: string) {
  const below = registered.endsWith('/') ? registered : `${registered}/`;
  return {
    /** Every address that begins so. */
    below: covers(client, registered, `${below}example`) ? below : undefined,
    anyPort:
      isLoopbackUri(registered) &&
      examplePorts.every((port) => covers(client, registered, onPort(registered, `:${port}`))),
  };
}

/** Whether an application on the user's own machine listens there (RFC 8252 section 7.3). */
export function isLoopbackUri(uri: string): boolean {
  const url = URL.parse(uri);
  return url?.protocol === 'http:' && loopbackHosts.has(url.hostname);
}

function covers(client: RedirectPolicy, registered: string, requested: string): boolean {
  if (registered === requested) return true;
  if (client.clientType === 'PUBLIC' && coversOnLoopback(registered, requested)) return true;
  return client.redirectMatching === 'origin' && coversByOrigin(registered, requested);
}

/** RFC 8252 section 7.3: an application on the user's machine uses any free port; only the port may vary. */
function coversOnLoopback(registered: string, requested: string): boolean {
  if (!isLoopbackUri(registered) || URL.parse(requested) === null) return false;
  return onPort(registered, '') === onPort(requested, '');
}

function onPort(uri: string, port: string): string {
  return uri.replace(/^(http:\/\/(?:\[::1\]|[^/?:]+))(?::\d+)?(?=[/?]|$)/, `$1${port}`);
}

/** Compat: estates register `https://host` and come back to paths below it. */
function coversByOrigin(registered: string, requested: string): boolean {
  const ours = URL.parse(registered);
  const theirs = URL.parse(requested);
  if (ours === null || theirs === null) return false;
  if (ours.protocol !== 'https:' && ours.protocol !== 'http:') return false;
  // A registered query is part of the registration: nothing may be added to it.
  if (ours.origin !== theirs.origin || ours.search !== '') return false;
  const base = ours.pathname.endsWith('/') ? ours.pathname : `${ours.pathname}/`;
  return theirs.pathname === ours.pathname || theirs.pathname.startsWith(base);
}
