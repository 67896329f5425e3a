/**
 * Builds the redirect URIs that OpenID Connect providers return to: one for each contact centre and location. With one
 * shared address, the provider of one contact centre could receive a code that another's issued (mix-up attack, RFC 9700
 * section 4.4.2.2). `iss` (RFC 9207) would reveal it, but most providers do not send it.
 */
import { placePattern, type SignOnPlace, signOnPathOf } from '../place.ts';

const base = '/auth/v3/sso/oidc/callback';

export const callbackPath = `${base}/${placePattern}`;

export function redirectUriOf(publicUrl: string, place: SignOnPlace): string {
  return `${publicUrl}${base}/${signOnPathOf(place)}`;
}
