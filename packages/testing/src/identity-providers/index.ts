/** Names what tests may use of identity providers. */
export { type OpenIdProvider, startOpenIdProvider } from './openid-provider.ts';
export { type SamlProvider, startSamlProvider } from './saml-provider.ts';
export { signInFields } from './sign-in-page.ts';
