/** Names where settings of single sign-on count, the pages about them, and our addresses for the identity provider. */

import type { SignOnRecord } from '@gatehouse/api-client/environment-api';
import { locationPattern, rootLocation } from '@gatehouse/contracts/environment-api';
import { providerProtocols, type SignOnProtocol } from '@gatehouse/contracts/values';
import { z } from 'zod';
import { contactCenterPath } from '../shell/names/contact-centers.ts';

export const protocolField = z.enum(providerProtocols);
export const placeFields = z.object({
  protocol: protocolField,
  location: z.string().max(256).regex(locationPattern).default(rootLocation),
});

/** One protocol at one location. */
export interface Place {
  protocol: SignOnProtocol;
  location: string;
}

export type Steps = 'set-up' | 'settings' | 'check' | 'trial' | 'enable' | 'disable' | 'delete';

export const singleSignOnPath = (id: string) => `${contactCenterPath(id)}/single-sign-on`;

export function addressOf(id: string, step: Steps, { protocol, location }: Place, preset?: string): string {
  const query = new URLSearchParams({ protocol, location, ...(preset && { preset }) });
  return `${singleSignOnPath(id)}/${step}?${query}`;
}

/** The issuer, or the entity id, where the settings themselves name it. */
export function issuerIn({ issuer, idpMetadataXml = '' }: SignOnRecord): string | undefined {
  if (issuer !== undefined) return String(issuer);
  return /\sentityID\s*=\s*["']([^"']*)["']/.exec(String(idpMetadataXml))?.[1];
}

export interface OurAddress {
  name:
    | 'metadata'
    | 'signedMetadata'
    | 'entityId'
    | 'acs'
    | 'slo'
    | 'redirectUri'
    | 'postLogout'
    | 'backchannel'
    | 'jwks';
  value: string;
  /** A document to download, and no address to copy. */
  isDocument?: boolean;
}

/** As docs/guides/single-sign-on.md lists them: they work before anything is stored. */
export function ourAddresses(publicUrl: string, id: string, { protocol, location }: Place): OurAddress[] {
  const api = `${publicUrl}/auth/v3`;
  const place = `${id}/${location === rootLocation ? '-' : location.slice(1).replaceAll('/', '~')}`;
  const entityId = `${api}/saml/${place}`;
  if (protocol === 'saml')
    return [
      { name: 'metadata', value: `${entityId}/metadata`, isDocument: true },
      { name: 'signedMetadata', value: `${entityId}/metadata?signed=true`, isDocument: true },
      { name: 'entityId', value: entityId },
      { name: 'acs', value: `${entityId}/acs` },
      { name: 'slo', value: `${entityId}/slo` },
    ];
  return [
    { name: 'redirectUri', value: `${api}/sso/oidc/callback/${place}` },
    { name: 'postLogout', value: `${api}/sso/signed-out` },
    { name: 'backchannel', value: `${api}/sso/oidc/backchannel-logout` },
    { name: 'jwks', value: `${api}/sso/jwks`, isDocument: true },
  ];
}
