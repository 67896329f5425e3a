/** A contact centre as Auth API sees it. */

import type { Setting } from '@gatehouse/contracts/environment-api/administration/settings';
import type { ContactCenterView } from '@gatehouse/contracts/environment-api/contact-center';
import type { ContactCenter } from '../contact-centers/contact-center.ts';

/** `settings` are the effective ones: one per name. */
export function viewOf(found: {
  center: ContactCenter;
  settings: readonly Setting[];
  global: { version: number };
}): ContactCenterView {
  const { center, settings } = found;
  return {
    id: center.id,
    name: center.name,
    environmentId: center.environmentId,
    domains: center.domains,
    auth: center.auth,
    status: center.status,
    version: versionOf(found),
    settings: Object.fromEntries(settings.map(({ name, value }) => [name, value])),
  };
}

/** Both versions come from one sequence, so the greater one changes when either does. */
export function versionOf(found: { center: ContactCenter; global: { version: number } }): number {
  return Math.max(found.center.version, found.global.version);
}
