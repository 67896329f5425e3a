/** Names the contact centre and location that an identity provider's response belongs to; our addresses contain both. */

import { locationPattern, rootLocation } from '@gatehouse/contracts/environment-api';
import { freeText } from '@gatehouse/contracts/values';
import { notFound } from '@gatehouse/service-kit/errors';
import { z } from 'zod';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import { SsoError } from './failure.ts';
import type { SamlSignOn, SsoSettings } from './settings.ts';

export interface SignOnPlace {
  contactCenterId: string;
  location: string;
}

/** The end of a path that names a place. */
export const placePattern = ':contactCenterId/:place';

export const placeParams = z.object({ contactCenterId: z.guid(), place: freeText(128) });

const root = '-';

export function signOnPathOf({ contactCenterId, location }: SignOnPlace): string {
  return `${contactCenterId}/${slugOf(location)}`;
}

/** `/` is `-`, `/USW1/DC2` is `USW1~DC2`: a location holds no tilde and no part of one begins with a hyphen. */
function slugOf(location: string): string {
  return location === rootLocation ? root : location.slice(1).replaceAll('/', '~');
}

/** Undefined when the text is the slug of no location. */
function locationOf(slug: string): string | undefined {
  const location = slug === root ? rootLocation : `/${slug.replaceAll('~', '/')}`;
  return locationPattern.test(location) && slugOf(location) === slug ? location : undefined;
}

/** The place that a path names. @throws AppError (404) */
export function signOnPlaceOf({ contactCenterId, place }: z.infer<typeof placeParams>): SignOnPlace {
  const location = locationOf(place);
  if (location === undefined) throw notFound('There is no such location');
  return { contactCenterId: contactCenterId.toLowerCase(), location };
}

export function isSamePlace(one: SignOnPlace, other: SignOnPlace): boolean {
  return one.contactCenterId === other.contactCenterId && one.location === other.location;
}

/** Of contact centres that there are not, nothing is looked up, counted or written down. @throws AppError (404) */
export async function requireContactCenter(
  contactCenters: Pick<ContactCenterService, 'get'>,
  { contactCenterId }: SignOnPlace,
): Promise<void> {
  if ((await contactCenters.get(contactCenterId)) === undefined)
    throw notFound('There is no such contact centre');
}

/** Every contact centre but `within` is answered as unknown. @throws AppError (404) */
export async function requireOwn(
  contactCenters: Pick<ContactCenterService, 'get'>,
  contactCenterId: string,
  within = contactCenterId,
): Promise<void> {
  if (contactCenterId !== within || (await contactCenters.get(contactCenterId)) === undefined)
    throw notFound('There is no such contact centre, or it is disabled');
}

/** The settings of SAML at a place. @throws SsoError wrong_destination where they are absent, disabled or of another location */
export async function samlSettingsAt(
  known: Pick<SsoSettings, 'of'>,
  { contactCenterId, location }: SignOnPlace,
): Promise<SamlSignOn> {
  const settings = await known.of(contactCenterId, 'saml');
  if (settings?.enabled && settings.location === location) return settings;
  throw new SsoError(
    'wrong_destination',
    `SAML is not set for contact centre ${contactCenterId} at ${location}`,
  );
}
