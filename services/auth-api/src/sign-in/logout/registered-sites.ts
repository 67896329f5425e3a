/** Says where a browser may go after a sign-out, and which sites may sign their users out without a question. */
import { webOriginOf } from '../../browser/cookies/same-origin.ts';
import type { Caller } from '../../browser/sessions/caller.ts';
import type { Client } from '../../registry/clients/client.ts';
import type { ClientDirectory } from '../../registry/clients/directory.ts';

export function createRegisteredSites(clients: Pick<ClientDirectory, 'find' | 'hasOrigin'>) {
  /** Works without PostgreSQL; then only the origins of the session's own clients are known. */
  const isRegistered = async (origin: string, clientIds: readonly string[]): Promise<boolean> => {
    const known = await Promise.all(clientIds.map((id) => clients.find(id).catch(() => undefined)));
    if (known.some((client) => client !== undefined && hasOrigin(client, origin))) return true;
    return clients.hasOrigin(origin).catch(() => false);
  };

  return {
    /** The address that the browser asks for; undefined where it is not one of a registered application. */
    async allowedTarget(redirectUri: string | undefined, clientIds: readonly string[] = []) {
      const origin = redirectUri === undefined ? undefined : webOriginOf(redirectUri);
      if (origin === undefined) return undefined;
      return (await isRegistered(origin, clientIds)) ? redirectUri : undefined;
    },

    /** Only registered applications may sign their users out by a link (CVE-2020-10734). */
    async mustAsk(foreign: { origin: string | undefined } | undefined, { via, clientIds }: Caller) {
      if (via !== 'session' || foreign === undefined) return false;
      return foreign.origin === undefined || !(await isRegistered(foreign.origin, clientIds));
    },
  };
}

function hasOrigin(
  { redirectUris, postLogoutRedirectUris }: Pick<Client, 'redirectUris' | 'postLogoutRedirectUris'>,
  origin: string,
): boolean {
  return [...redirectUris, ...postLogoutRedirectUris].some((uri) => URL.parse(uri)?.origin === origin);
}
