/** Signs a person out at the identity provider too, where the settings ask for it. */

import { randomToken, sha256 } from '@gatehouse/service-kit/crypto';
import type { Logger } from '@gatehouse/service-kit/observability';
import type { Keyspace, RedisClient } from '@gatehouse/service-kit/redis';
import type { Pages } from '../../../browser/cookies/pages.ts';
import type { EndedSession, ProviderSession } from '../../../browser/sessions/session.ts';
import type { OidcSignOn, SamlSignOn, SsoSettings } from '../settings.ts';

export type ProviderLogout = ReturnType<typeof createProviderLogout>;

export interface ProviderLogoutOptions {
  settings: Pick<SsoSettings, 'of'>;
  /** Undefined where the provider offers no logout. @throws SsoError */
  oidc(settings: OidcSignOn, session: ProviderSession, logoutId: string): Promise<string | undefined>;
  saml(settings: SamlSignOn, session: ProviderSession, logoutId: string): Promise<string | undefined>;
  store: LogoutStore;
  pages: Pick<Pages, 'signedOut'>;
  log: Logger;
}

export function createProviderLogout(options: ProviderLogoutOptions) {
  const { settings: known, store, pages, log } = options;

  const startLogout = async (
    contactCenterId: string,
    session: ProviderSession,
    target: string,
  ): Promise<string | undefined> => {
    const settings = await known.of(contactCenterId, session.protocol);
    if (!settings?.enabled || !settings.logout || settings.location !== session.location) return undefined;
    const logoutId = await store.save(target);
    return settings.protocol === 'saml'
      ? options.saml(settings, session, logoutId)
      : options.oidc(settings, session, logoutId);
  };

  return {
    /** Where the browser goes first. Never rejects: signing out here has happened already. */
    async begin(ended: EndedSession | undefined, target: string): Promise<string | undefined> {
      if (ended?.provider === undefined || ended.identity === undefined) return undefined;
      const { contactCenterId } = ended.identity;
      try {
        return await startLogout(contactCenterId, ended.provider, target);
      } catch (error) {
        log.warn(
          { err: error, event: 'sso_logout_failed', contactCenterId },
          'signing out at the identity provider could not begin',
        );
        return undefined;
      }
    },
    /** Where it goes on to, back from there. */
    async finish(id: string | undefined): Promise<string> {
      const target = id === undefined || id.length > 128 ? undefined : await store.take(id);
      return target ?? pages.signedOut();
    },
  };
}

export type LogoutStore = ReturnType<typeof createLogoutStore>;

const keptSeconds = 600;

export function createLogoutStore(redis: RedisClient, keyspace: Keyspace) {
  const keyOf = (id: string) => keyspace.key('sso-logout', sha256(id));
  return {
    /** The id that travels. */
    async save(target: string): Promise<string> {
      const id = randomToken();
      await redis.set(keyOf(id), target, 'EX', keptSeconds);
      return id;
    },
    take: async (id: string): Promise<string | undefined> => (await redis.getdel(keyOf(id))) ?? undefined,
  };
}
