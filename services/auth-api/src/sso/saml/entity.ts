/** Our names as a SAML service provider: one entity per contact centre and location, so that no answer counts elsewhere. */
import { locationPattern, rootLocation } from '@gatehouse/contracts/environment-api/location';
import { notFound } from '@gatehouse/service-kit/errors/app-error';
import { z } from 'zod';
import type { ContactCenterService } from '../../contact-centers/service.ts';

export interface SamlEntity {
  entityId: string;
  metadataUrl: string;
  /** Assertion consumer service. */
  acsUrl: string;
  /** Single logout. */
  sloUrl: string;
}

export interface SamlPlace {
  contactCenterId: string;
  location: string;
}

export const samlPath = '/auth/v3/saml/:contactCenterId/:place';

export const placeParams = z.object({ contactCenterId: z.guid(), place: z.string().max(128) });

const root = '-';

export function entityOf(issuer: string, { contactCenterId, location }: SamlPlace): SamlEntity {
  const entityId = `${issuer}/saml/${contactCenterId}/${slugOf(location)}`;
  return {
    entityId,
    metadataUrl: `${entityId}/metadata`,
    acsUrl: `${entityId}/acs`,
    sloUrl: `${entityId}/slo`,
  };
}

/** `/` is `-`, `/USW1/DC2` is `USW1~DC2`: a location holds no tilde and no part of one begins with a hyphen. */
export function slugOf(location: string): string {
  return location === rootLocation ? root : location.slice(1).replaceAll('/', '~');
}

/** Undefined when the text is the slug of no location. */
function locationOf(slug: string): string | undefined {
  const location = slug === root ? rootLocation : `/${slug.replaceAll('~', '/')}`;
  return locationPattern.test(location) && slugOf(location) === slug ? location : undefined;
}

/** Of contact centres that there are not, nothing is looked up, counted or written down. @throws AppError (404) */
export async function requireContactCenter(
  contactCenters: Pick<ContactCenterService, 'get'>,
  { contactCenterId }: SamlPlace,
): Promise<void> {
  if ((await contactCenters.get(contactCenterId)) === undefined)
    throw notFound('There is no such contact centre');
}

/** The place that a path names. @throws AppError (404) */
export function placeOf({ contactCenterId, place }: z.infer<typeof placeParams>): SamlPlace {
  const location = locationOf(place);
  if (location === undefined) throw notFound('There is no such location');
  return { contactCenterId: contactCenterId.toLowerCase(), location };
}
