/** Keeps copies of the single sign-on settings at our location and follows their changes in Environment API. */
import type { EnvironmentApiClient } from '@gatehouse/api-client/environment-api';
import type { OidcSettings, SamlSettings, SingleSignOnView } from '@gatehouse/contracts/environment-api';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Logger } from '@gatehouse/service-kit/observability';
import { createRevalidatingCache } from '../../core/revalidating-cache.ts';
import { type CopySettings, isEnd, readAnswer } from '../../registry/contact-centers/service.ts';

/** One way of signing in, as it is set for a location. */
export type SignOnSettings =
  | ({ protocol: 'saml'; contactCenterId: string; location: string } & SamlSettings)
  | ({ protocol: 'oidc'; contactCenterId: string; location: string } & OidcSettings & {
        clientSecretEnvelope?: string | undefined;
      });

export type SamlSignOn = Extract<SignOnSettings, { protocol: 'saml' }>;
export type OidcSignOn = Extract<SignOnSettings, { protocol: 'oidc' }>;

export interface SsoSettings {
  /** Enabled ones in the order in which they are asked whether a person is theirs. Rejects when nobody can tell. */
  enabled(contactCenterId: string): Promise<SignOnSettings[]>;
  /** The one of a protocol, enabled or not; undefined where there is none at our location. */
  of<P extends SignOnSettings['protocol']>(
    contactCenterId: string,
    protocol: P,
  ): Promise<Extract<SignOnSettings, { protocol: P }> | undefined>;
  /** As they count at a location, which may be another one than ours, enabled or not. Read anew: only administrators ask. */
  at(contactCenterId: string, location?: string): Promise<SignOnSettings[]>;
  applyChange(change: { entity: string; id: string; contactCenterId?: string | undefined }): void;
  applyGap(): void;
}

export interface SsoSettingsOptions {
  environmentApi: Pick<EnvironmentApiClient, 'singleSignOnOf'>;
  copies: CopySettings;
  location: string;
  now: Clock;
  log: Logger;
}

export function createSsoSettings(options: SsoSettingsOptions): SsoSettings {
  const { environmentApi, copies, location: ownLocation, now, log } = options;
  const views = createRevalidatingCache<SingleSignOnView>({
    load: (id, etag) => readAnswer(environmentApi.singleSignOnOf(id, ownLocation, { etag })),
    freshMs: 60_000,
    staleMaxMs: copies.staleMaxSeconds * 1000,
    missingMs: 5_000,
    retryMs: 1_000,
    maxEntries: 10_000,
    owner: copies.owner,
    now,
    onStale: (key, ageMs, error) =>
      log.warn(
        { err: error, key, ageMs },
        'Environment API cannot answer: cached single sign-on settings are used',
      ),
  });

  const list = async (contactCenterId: string): Promise<SignOnSettings[]> =>
    signOnsOf(contactCenterId, await views.get(contactCenterId));

  return {
    async enabled(contactCenterId) {
      return (await list(contactCenterId)).filter((settings) => settings.enabled);
    },
    async of(contactCenterId, protocol) {
      const found = (await list(contactCenterId)).find((settings) => settings.protocol === protocol);
      return found as Extract<SignOnSettings, { protocol: typeof protocol }> | undefined;
    },
    async at(contactCenterId, location = ownLocation) {
      if (location === ownLocation) return list(contactCenterId);
      const read = await readAnswer(environmentApi.singleSignOnOf(contactCenterId, location));
      return signOnsOf(contactCenterId, read.status === 'found' ? read.value : undefined);
    },
    applyChange(change) {
      const id = change.entity === 'contact-center' ? change.id : change.contactCenterId;
      if (change.entity === 'location') views.invalidateAll();
      // Settings that were switched off must not be used again, not even while Environment API is down.
      else if (id !== undefined) (isEnd(change) ? views.drop : views.invalidate)((key) => key === id);
    },
    applyGap: () => views.drop(() => true),
  };
}

export function signOnsOf(contactCenterId: string, view: SingleSignOnView | undefined): SignOnSettings[] {
  return [
    ...(view?.saml ? [{ protocol: 'saml' as const, contactCenterId, ...view.saml }] : []),
    ...(view?.oidc ? [{ protocol: 'oidc' as const, contactCenterId, ...view.oidc }] : []),
  ];
}
