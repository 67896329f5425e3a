/** Names us as a SAML service provider: one entity for each contact centre and location, so that a response is valid for one only. */
import { pathOf, placePattern, type SignOnPlace } from '../place.ts';

export interface SamlEntity {
  entityId: string;
  metadataUrl: string;
  /** Assertion consumer service. */
  acsUrl: string;
  /** Single logout. */
  sloUrl: string;
}

export const samlPath = `/auth/v3/saml/${placePattern}`;

export function entityOf(issuer: string, place: SignOnPlace): SamlEntity {
  const entityId = `${issuer}/saml/${pathOf(place)}`;
  return {
    entityId,
    metadataUrl: `${entityId}/metadata`,
    acsUrl: `${entityId}/acs`,
    sloUrl: `${entityId}/slo`,
  };
}
