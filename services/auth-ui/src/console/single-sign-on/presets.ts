/** Fills the settings of single sign-on for identity providers that many installations have. docs/guides/single-sign-on.md says what to do there. */
import type { SignOnProtocol } from '@gatehouse/contracts/values';
import { type Typed, textAt } from '../form/inputs.ts';

/** Names of products, which are the same in every language. */
export const presetNames = {
  entra: 'Microsoft Entra ID',
  google: 'Google Workspace',
  okta: 'Okta',
  keycloak: 'Keycloak',
  adfs: 'ADFS',
} as const;

export type Preset = keyof typeof presetNames;
export const presets = Object.keys(presetNames) as [Preset, ...Preset[]];

const claims = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';
/** Of a person whom the first sign-in creates, as Microsoft names them. */
const microsoftPeople = {
  firstNameAttribute: `${claims}/givenname`,
  lastNameAttribute: `${claims}/surname`,
  emailAttribute: `${claims}/emailaddress`,
};

/** People put their own value in the place of what stands in braces. */
const values: Record<Preset, Record<SignOnProtocol, Readonly<Record<string, string>>>> = {
  entra: {
    oidc: {
      issuer: 'https://login.microsoftonline.com/{tenant-id}/v2.0',
      userNameClaim: 'preferred_username',
      userLookup: 'email',
    },
    saml: {
      idpMetadataUrl:
        'https://login.microsoftonline.com/{tenant-id}/federationmetadata/2007-06/federationmetadata.xml?appid={application-id}',
      userLookup: 'email',
      strongContext: 'http://schemas.microsoft.com/claims/multipleauthn',
      subjectAttribute: 'http://schemas.microsoft.com/identity/claims/objectidentifier',
      ...microsoftPeople,
    },
  },
  google: {
    oidc: { issuer: 'https://accounts.google.com', userNameClaim: 'email', userLookup: 'email' },
    // Its metadata has no address: it is downloaded and pasted.
    saml: { userLookup: 'email' },
  },
  okta: {
    oidc: {
      issuer: 'https://{organization}.okta.com',
      userNameClaim: 'preferred_username',
      userLookup: 'email',
    },
    saml: {
      idpMetadataUrl: 'https://{organization}.okta.com/app/{application-id}/sso/saml/metadata',
      userLookup: 'email',
      subjectAttribute: 'id',
      firstNameAttribute: 'firstName',
      lastNameAttribute: 'lastName',
      emailAttribute: 'email',
    },
  },
  keycloak: {
    oidc: { issuer: 'https://{host}/realms/{realm}', userNameClaim: 'preferred_username' },
    saml: {
      idpMetadataUrl: 'https://{host}/realms/{realm}/protocol/saml/descriptor',
      subjectAttribute: 'id',
      firstNameAttribute: 'givenName',
      lastNameAttribute: 'surname',
      emailAttribute: 'email',
    },
  },
  adfs: {
    oidc: { issuer: 'https://{host}/adfs', userNameClaim: 'upn', userLookup: 'email' },
    saml: {
      idpMetadataUrl: 'https://{host}/FederationMetadata/2007-06/FederationMetadata.xml',
      userLookup: 'email',
      subjectAttribute: 'http://schemas.microsoft.com/ws/2008/06/identity/claims/primarysid',
      ...microsoftPeople,
    },
  },
};

export const presetOf = (protocol: SignOnProtocol, preset: Preset | undefined): Typed =>
  preset === undefined ? {} : values[preset][protocol];

/** The parts of an address that the person has not replaced yet. */
export function unfilled(typed: Typed): { name: string; part: string } | undefined {
  for (const name of ['issuer', 'idpMetadataUrl']) {
    const parts = textAt(typed, name).match(/\{[a-z-]+\}/g);
    if (parts !== null) return { name, part: parts.join(', ') };
  }
  return undefined;
}
