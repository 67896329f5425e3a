/** Addresses of clients that the browser loads when a session is over (OpenID Connect Front-Channel Logout 1.0). */
import type { ClientDirectory } from '../clients/directory.ts';
import type { EndedSession } from '../sessions/session.ts';

export type FrontChannel = (ended: EndedSession | undefined) => Promise<string[]>;

/** A page is no place for more. */
const mostFrames = 20;

export function createFrontChannel(directory: Pick<ClientDirectory, 'find'>, issuer: string): FrontChannel {
  return async (ended) => {
    if (ended === undefined) return [];
    // Signing out goes on without PostgreSQL: then those are told that are known.
    const clients = await Promise.all(ended.clientIds.map((id) => directory.find(id).catch(() => undefined)));
    const frames = clients.flatMap((client) => {
      const uri = client?.frontchannelLogoutUri;
      if (uri === undefined) return [];
      if (!client?.frontchannelLogoutSessionRequired) return [uri];
      // Section 2: appended as text, because the registered query stays as it is.
      return [
        `${uri}${uri.includes('?') ? '&' : '?'}${new URLSearchParams({ iss: issuer, sid: ended.sid })}`,
      ];
    });
    return frames.slice(0, mostFrames);
  };
}
