/** Chooses the single sign-on settings that are effective at a location, and forms them for Auth API. */
import {
  covers,
  type OidcSettings,
  type SamlSettings,
  type SingleSignOnView,
} from '@gatehouse/contracts/environment-api';
import { definedOnly, type SignOnProtocol } from '@gatehouse/contracts/values';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import type { ContactCenter } from '../contact-centers/contact-center.ts';
import { oidc } from './oidc.ts';
import { saml } from './saml.ts';
import { listSignOn, type StoredSignOn } from './store.ts';

export async function viewAt(
  db: Queryable,
  center: ContactCenter,
  location: string,
): Promise<SingleSignOnView> {
  return viewOf(center.version, {
    saml: effectiveAt(await listSignOn(db, center.id, saml.name), location),
    oidc: effectiveAt(await listSignOn(db, center.id, oidc.name), location),
  });
}

export function viewOf(
  version: number,
  entries: Partial<Record<SignOnProtocol, StoredSignOn | undefined>>,
): SingleSignOnView {
  return definedOnly({
    version,
    saml: entries.saml && { location: entries.saml.location, ...(entries.saml.settings as SamlSettings) },
    oidc: entries.oidc && {
      location: entries.oidc.location,
      ...(entries.oidc.settings as OidcSettings),
      ...definedOnly({ clientSecretEnvelope: entries.oidc.secret ?? undefined }),
    },
  });
}

/** The entry with the longest location that covers the given one. */
export function effectiveAt(stored: readonly StoredSignOn[], location: string): StoredSignOn | undefined {
  return stored
    .filter((entry) => covers(entry.location, location))
    .sort((a, b) => b.location.length - a.location.length)[0];
}
