/** Keeps the copy of the installation's own branding that is at Environment API. */
import type { EnvironmentApiClient } from '@gatehouse/api-client/environment-api';
import type { BrandingView } from '@gatehouse/contracts/environment-api';
import type { Clock } from '@gatehouse/service-kit/clock';
import { createRevalidatingCache } from '../../core/revalidating-cache.ts';
import { type CopySettings, readAnswer, type SeenChange } from './service.ts';

export interface InstallationOptions {
  environmentApi: Pick<EnvironmentApiClient, 'installationBranding'>;
  location: string;
  copies: CopySettings;
  now: Clock;
}

export type Installation = ReturnType<typeof createInstallation>;

export function createInstallation({ environmentApi, location, copies, now }: InstallationOptions) {
  const cache = createRevalidatingCache<{ branding?: BrandingView | undefined }>({
    load: (_key, etag) => readAnswer(environmentApi.installationBranding(location, { etag })),
    freshMs: 60_000,
    staleMaxMs: copies.staleMaxSeconds * 1000,
    missingMs: 5_000,
    retryMs: 1_000,
    maxEntries: 1,
    now,
    owner: copies.owner,
  });
  const branding = async () => (await cache.get(location))?.branding;

  return {
    /** @throws AppError 503 while it cannot be known */
    branding,
    /** The name that the installation gives itself; undefined without one. @throws AppError 503 while that cannot be known */
    name: async () => (await branding())?.name,
    applyChange({ entity, contactCenterId }: SeenChange): void {
      if (entity === 'branding' && contactCenterId === undefined) cache.invalidateAll();
    },
    applyGap: () => cache.invalidateAll(),
  };
}
