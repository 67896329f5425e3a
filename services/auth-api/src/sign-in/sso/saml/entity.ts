/** Names us as a SAML service provider: one entity for each contact centre and location, so that a response is valid for one only. */
import { placePattern, type SignOnPlace, signOnPathOf } from '../place.ts';

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
  const entityId = `${issuer}/saml/${signOnPathOf(place)}`;
  return {
    entityId,
    metadataUrl: `${entityId}/metadata`,
    acsUrl: `${entityId}/acs`,
    sloUrl: `${entityId}/slo`,
  };
}
