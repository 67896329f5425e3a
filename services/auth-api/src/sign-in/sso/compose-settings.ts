/** Composes the settings of single sign-on apart from the rest: accounts need them, because they decide whether a password counts. */
import type { Core, Domain, ServicesOf } from '../../core/domain.ts';
import type { ContactCenters } from '../../registry/contact-centers/compose.ts';
import { createPasswordRule } from './scheme.ts';
import { createSsoSettings } from './settings.ts';

export type SsoSettingsParts = ServicesOf<typeof composeSsoSettings>;

export function composeSsoSettings(
  { location, now, log }: Core,
  { contactCenters: { environmentApi, copies } }: { contactCenters: ContactCenters },
) {
  const service = createSsoSettings({ environmentApi, copies, location, now, log });
  return {
    services: { service, passwordRule: createPasswordRule(service) },
    follows: { copies: { change: service.applyChange, gap: service.applyGap } },
  } satisfies Domain;
}
