/** Names the ways of proving who one is: a password of the directory, or one identity provider by protocol and issuer. */
import { z } from 'zod';

export const passwordWay = 'password';

export const providerProtocols = ['saml', 'oidc'] as const;

/** How an identity provider is spoken to. */
export type SignOnProtocol = (typeof providerProtocols)[number];

/** `issuer`: the entity id of a SAML identity provider, or the issuer of an OpenID Connect provider. */
export function providerWay(protocol: SignOnProtocol, issuer: string): string {
  return `${protocol} ${issuer}`;
}

export const wayOfSignInSchema = z
  .string()
  .max(1024)
  .regex(/^(password|(saml|oidc) \S.*)$/, 'must be password, saml ISSUER or oidc ISSUER');
