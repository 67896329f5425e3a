/**
 * Where OpenID Connect providers send browsers back to: one address per contact centre and location. By a shared one the
 * provider of one contact centre could have a code of another's brought to itself (mix-up, RFC 9700 section 4.4.2.2);
 * `iss` (RFC 9207) would tell, and most providers send none.
 */
import { pathOf, placePattern, type SignOnPlace } from '../place.ts';

const base = '/auth/v3/sso/oidc/callback';

export const callbackPath = `${base}/${placePattern}`;

export function redirectUriOf(publicUrl: string, place: SignOnPlace): string {
  return `${publicUrl}${base}/${pathOf(place)}`;
}
