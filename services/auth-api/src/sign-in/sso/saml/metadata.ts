/** Serves our SAML metadata for contact centres that exist. */

import { createGrowingCache } from '@gatehouse/service-kit/cache';
import { sha256 } from '@gatehouse/service-kit/crypto';
import type { AttemptLimiter } from '@gatehouse/service-kit/limits';
import type { ContactCenterService } from '../../../registry/contact-centers/service.ts';
import type { SsoKey, SsoKeys } from '../keys/service.ts';
import { requireContactCenter, type SignOnPlace } from '../place.ts';
import type { SsoSettings } from '../settings.ts';
import { entityOf } from './entity.ts';
import { renderSpMetadata, signMetadata } from './sp-metadata.ts';

export type SamlMetadata = ReturnType<typeof createSamlMetadata>;

const maxSigned = 1_000;

export function createSamlMetadata(deps: {
  issuer: string;
  contactCenters: Pick<ContactCenterService, 'get'>;
  settings: Pick<SsoSettings, 'of'>;
  keys: Pick<SsoKeys, 'signing' | 'published'>;
  /** Bounds how many signatures one address may have made: it may make up locations without end. */
  signatures: AttemptLimiter;
}) {
  const { issuer, contactCenters, settings, keys, signatures } = deps;
  /** By the id of the document, which is another one wherever anything in it is. */
  const signed = createGrowingCache<Promise<string>>(maxSigned);

  function sign(id: string, xml: string, key: SsoKey): Promise<string> {
    const signing = signMetadata(xml, key);
    signed.set(id, signing);
    signing.catch(() => signed.delete(id));
    return signing;
  }

  return {
    /** @throws AppError (404), (429) for who has too many signed */
    async of(place: SignOnPlace, isSigned: boolean, clientAddress: string): Promise<string> {
      await requireContactCenter(contactCenters, place);
      const present = await settings.of(place.contactCenterId, 'saml');
      const isOfThisPlace = present?.location === place.location;
      const facts = {
        entity: entityOf(issuer, place),
        nameIdFormat: isOfThisPlace ? present.nameIdFormat : undefined,
        requestsSigned: isOfThisPlace ? present.signRequests : true,
      };
      const signing = keys.published('signing');
      // A provider that finds a key here may encrypt, whether anybody wanted it or not.
      const encryption = isOfThisPlace && present.encryptAssertions ? keys.published('encryption') : [];
      const key = keys.signing();
      const id = `_${sha256(JSON.stringify([facts, [key, ...signing, ...encryption].map(({ id }) => id)]))}`;
      const known = isSigned ? signed.get(id) : undefined;
      if (known !== undefined) return known;
      const xml = renderSpMetadata({ ...facts, signing, encryption, id });
      if (!isSigned) return xml;
      signatures.reserve(clientAddress);
      return sign(id, xml, key);
    },
  };
}
