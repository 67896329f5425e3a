/** Our metadata, for contact centres that there are. */
import { randomToken } from '@gatehouse/service-kit/random';
import type { ContactCenterService } from '../../contact-centers/service.ts';
import type { SsoKeys } from '../keys/service.ts';
import { requireContactCenter, type SignOnPlace } from '../place.ts';
import type { SsoSettings } from '../settings.ts';
import { entityOf } from './entity.ts';
import { renderSpMetadata, signMetadata } from './sp-metadata.ts';

export interface SamlMetadata {
  /** @throws AppError (404) */
  of(place: SignOnPlace, isSigned: boolean): Promise<string>;
}

export function createSamlMetadata(deps: {
  issuer: string;
  contactCenters: Pick<ContactCenterService, 'get'>;
  settings: Pick<SsoSettings, 'of'>;
  keys: Pick<SsoKeys, 'signing' | 'published'>;
}): SamlMetadata {
  const { issuer, contactCenters, settings, keys } = deps;
  return {
    async of(place, isSigned) {
      await requireContactCenter(contactCenters, place);
      const present = await settings.of(place.contactCenterId, 'saml');
      const isOfThisPlace = present?.location === place.location;
      const xml = renderSpMetadata({
        entity: entityOf(issuer, place),
        signing: keys.published('signing'),
        encryption: keys.published('encryption'),
        nameIdFormat: isOfThisPlace ? present.nameIdFormat : undefined,
        requestsSigned: isOfThisPlace ? present.signRequests : true,
        id: `_${randomToken(16)}`,
      });
      return isSigned ? signMetadata(xml, keys.signing()) : xml;
    },
  };
}
