/** Signing out here signs out at the identity provider too, where the settings say so. */
import type { Logger } from '@gatehouse/service-kit/logging/logger';
import type { Pages } from '../browser/pages.ts';
import type { EndedSession, ProviderSession } from '../sessions/session.ts';
import type { LogoutStore } from './logout-store.ts';
import type { OidcSignOn, SamlSignOn, SsoSettings } from './settings.ts';

export interface ProviderLogout {
  /** Where the browser goes first. Never rejects: signing out here has happened already. */
  begin(ended: EndedSession | undefined, target: string): Promise<string | undefined>;
  /** Where it goes on to, back from there. */
  finish(id: string | undefined): Promise<string>;
}

export interface ProviderLogoutOptions {
  settings: Pick<SsoSettings, 'of'>;
  /** Undefined where the provider offers no logout. @throws SsoError */
  oidc(settings: OidcSignOn, session: ProviderSession, logoutId: string): Promise<string | undefined>;
  saml(settings: SamlSignOn, session: ProviderSession, logoutId: string): Promise<string | undefined>;
  store: LogoutStore;
  pages: Pick<Pages, 'signedOut'>;
  log: Logger;
}

export function createProviderLogout(options: ProviderLogoutOptions): ProviderLogout {
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
    async begin(ended, target) {
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
    async finish(id) {
      const target = id === undefined || id.length > 128 ? undefined : await store.take(id);
      return target ?? pages.signedOut();
    },
  };
}
