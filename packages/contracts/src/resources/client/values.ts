/** Names the values that fields of a client may have, and checks those that several fields share. */
import { z } from 'zod';
import { maxUriLength, redirectUriProblem } from '../../values/redirect-uri.ts';
import { freeText } from '../../values/text.ts';

/** A person on the list of installation administrators. Added when a token of the console is looked at, and stored in none. */
export const installationAdminAuthority = 'ROLE_INSTALLATION_ADMIN';

export const grantTypes = [
  'authorization_code',
  'client_credentials',
  'refresh_token',
  'password',
  'implicit',
  'urn:ietf:params:oauth:grant-type:token-exchange',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'urn:ietf:params:oauth:grant-type:saml2-bearer',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:openid:params:grant-type:ciba',
] as const;

export const responseTypes = ['code', 'token', 'id_token', 'id_token token', 'code id_token'] as const;

/** Lists for applications that cannot read arrays of objects. Only those get them that ask by name: `*` does not. */
export const membershipClaims = ['roles', 'groups'] as const;

/** Of a column of PostgreSQL. */
export const maxInteger = 2_147_483_647;

export const clientIdPattern = /^[A-Za-z0-9._~@-]{1,128}$/;

export const clientIdSchema = z
  .string()
  .regex(clientIdPattern, 'must have 1 to 128 letters, digits or . _ ~ @ -');

const noAddress = { reason: 'no_address' };

/** An address under which requests name an API (RFC 8707 section 2): an absolute URI without a fragment. No client id has a colon. */
export function isResourceAddress(text: string): boolean {
  return text.length <= 512 && /^[a-z][a-z0-9+.-]*:[\x21\x24-\x7e]+$/i.test(text) && URL.canParse(text);
}

/** Follows the name of a field or value in a refusal. */
export const resourceAddressRule = 'must be an absolute URI without a fragment';

/** A value that `aud` of a token may contain by registration. */
export const audienceSchema = z
  .string()
  .refine((text) => clientIdPattern.test(text) || isResourceAddress(text), {
    error: 'must be a client id, or an absolute URI without a fragment',
    params: noAddress,
  });

export const redirectUri = freeText(maxUriLength).superRefine((text, context) => {
  const message = redirectUriProblem(text);
  if (message !== undefined) context.addIssue({ code: 'custom', message, params: noAddress });
});

/** The front-channel logout page is shown in a frame, so it must be a web page. */
export const pageUri = redirectUri.refine((text) => /^https?:/i.test(text), {
  error: 'must use https or http',
  params: noAddress,
});

/** Users open it from our pages: only https, and a host that no user name hides. */
export const linkedPage = freeText(maxUriLength).refine(isPlainHttps, {
  error: 'must be an https address without user name',
  params: noAddress,
});

function isPlainHttps(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === 'https:' && url.username === '' && url.password === '';
}
