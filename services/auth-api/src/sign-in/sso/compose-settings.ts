/** Composes the settings of single sign-on apart from the rest, because `users` needs them and the rest needs `users`. */

import type { Core } from '../../core/core.ts';
import type { Domain, ServicesOf } from '../../core/domain.ts';
import type { ContactCenters } from '../../registry/contact-centers/compose.ts';
import { createPasswordRule } from './scheme.ts';
import { createSsoSettings } from './settings.ts';

interface SettingsDependencies {
  contactCenters: ContactCenters;
  config: { environmentApi: { staleMaxSeconds: number } };
}

export type SsoSettingsParts = ServicesOf<typeof composeSsoSettings>;

/** Composed before the users: whether a password counts depends on the settings. */
export function composeSsoSettings(core: Core, dependencies: SettingsDependencies) {
  const { location, now, kit } = core;
  const {
    config: {
      environmentApi: { staleMaxSeconds },
    },
    contactCenters,
  } = dependencies;
  const service = createSsoSettings({
    client: contactCenters.environmentApi,
    location,
    staleMaxSeconds,
    owner: contactCenters.environmentApiState,
    now,
    onStale: (key, ageMs, error) =>
      kit.log.warn(
        { err: error, key, ageMs },
        'Environment API cannot answer: cached single sign-on settings are used',
      ),
  });
  return {
    services: { service, passwordRule: createPasswordRule(service) },
    follows: { copies: { change: service.applyChange, gap: service.applyGap } },
  } satisfies Domain;
}
