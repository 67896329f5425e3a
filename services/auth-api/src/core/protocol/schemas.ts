/** Describes the bodies of the OAuth endpoints. Request schemas only document; the endpoints read requests by OAuth's rules. */
import { components } from '@gatehouse/contracts/answers';
import { freeText, label } from '@gatehouse/contracts/values';
import { z } from 'zod';

const text = z.string().optional();

const apiAddress = text.describe('Address of an API that the token is to be for (RFC 8707); may repeat');

const clientCredentials = {
  client_id: text.describe('With client_secret, or alone for a PUBLIC client; otherwise HTTP Basic'),
  client_secret: text,
  client_assertion_type: text.describe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer'),
  client_assertion: text.describe('JWT signed by the client (RFC 7523), instead of a secret'),
};

export const tokenRequestSchema = z.looseObject({
  grant_type: z
    .string()
    .describe(
      'authorization_code, client_credentials, refresh_token, password, or the urn of token-exchange, jwt-bearer, saml2-bearer, device_code or ciba',
    ),
  ...clientCredentials,
  scope: text.describe('Scope values separated by spaces; never more than was granted'),
  code: text,
  redirect_uri: text.describe('As in the authorization request'),
  code_verifier: text.describe('RFC 7636'),
  refresh_token: text,
  username: text.describe('May be tenant\\user'),
  password: text,
  tenant: text,
  assertion: text.describe('A converted token, or a JWT of a registered issuer (RFC 7523)'),
  subject_token: text.describe('RFC 8693'),
  subject_token_type: text,
  requested_token_type: text,
  actor_token: text.describe('Who acts for the user (RFC 8693)'),
  actor_token_type: text,
  audience: text.describe('Client id; may repeat'),
  resource: apiAddress,
  device_code: text.describe('RFC 8628'),
  auth_req_id: text.describe('OpenID CIBA'),
  authorization_details: text.describe('RFC 9396, as JSON; never more than was granted'),
});

export const tokenAnswerSchema = z.object({
  access_token: z.string(),
  token_type: z
    .enum(['bearer', 'DPoP', 'N_A'])
    .describe('N_A: what was issued is no access token (RFC 8693)'),
  expires_in: z.int().describe('Seconds'),
  scope: z.string().optional(),
  authorization_details: z
    .array(z.looseObject({ type: z.string() }))
    .optional()
    .describe('RFC 9396'),
  refresh_token: z.string().optional(),
  id_token: z.string().optional(),
  issued_token_type: z.string().optional(),
});
components.add(tokenAnswerSchema, { id: 'IssuedTokens' });

export const tokenQuestionSchema = z.looseObject({
  token: z.string(),
  token_type_hint: text,
  ...clientCredentials,
});

export const authorizationRequestSchema = z.looseObject({
  client_id: text,
  redirect_uri: text,
  response_type: text.describe("One of the client's responseTypes, such as code"),
  response_mode: text.describe('query, fragment or form_post'),
  scope: text,
  state: text,
  nonce: text.describe('Required where the answer holds an id_token'),
  resource: apiAddress,
  code_challenge: text.describe('RFC 7636; required for PUBLIC clients'),
  code_challenge_method: text.describe('S256'),
  dpop_jkt: text.describe('Thumbprint of the key that the code is bound to (RFC 9449)'),
  prompt: text.describe('none, login, select_account or consent'),
  max_age: text.describe('Seconds'),
  acr_values: text.describe('Contexts of the sign-in that would be liked, separated by spaces'),
  claims: text.describe('JSON (OpenID Connect Core section 5.5)'),
  id_token_hint: text,
  login_hint: text.describe('User name to fill in'),
  ui_locales: text,
  request: text.describe('Request object (RFC 9101): all parameters as a JWT that the client signed'),
  request_uri: text.describe('Of a pushed request (RFC 9126): then client_id alone goes along'),
  tenant: text.describe('Tenant to fill in'),
  hideTenant: text.describe('true: the tenant is not asked for'),
});

export const deviceRequestSchema = z.looseObject({
  ...clientCredentials,
  scope: text.describe('Scope values separated by spaces'),
  resource: apiAddress,
});

export const deviceAnswerSchema = z.object({
  device_code: z.string().describe('For the token endpoint; it never leaves the device'),
  user_code: z.string().describe('To be shown to the user'),
  verification_uri: z.string().describe('The page that the user opens'),
  verification_uri_complete: z.string().describe('The same with the code, as a QR code for instance'),
  expires_in: z.int().describe('Seconds'),
  interval: z.int().describe('Least seconds between two questions'),
});

export const backchannelRequestSchema = z.looseObject({
  ...clientCredentials,
  scope: text.describe('Scope values separated by spaces, openid among them'),
  resource: apiAddress,
  login_hint: text.describe('User name, as people type it to sign in; one of the three hints'),
  id_token_hint: text.describe('An ID token that the client has of the person'),
  login_hint_token: text.describe('JWT of a registered issuer, typ login-hint+jwt'),
  binding_message: text.describe('Shown to the person, and by the client'),
  user_code: text.describe('The code that the person has chosen, of clients that are registered so'),
  requested_expiry: text.describe('Seconds until the request expires, at most 600'),
  acr_values: text.describe(
    'Contexts of the sign-in that would be liked; the ID token says which one it was',
  ),
  request: text.describe('All of these as a JWT that the client signed, of clients that are registered so'),
});

export const backchannelAnswerSchema = z.object({
  auth_req_id: z.string().describe('For the token endpoint'),
  expires_in: z.int().describe('Seconds'),
  interval: z.int().describe('Least seconds between two questions'),
});

export const pushedRequestSchema = authorizationRequestSchema.extend({
  ...clientCredentials,
  client_id: text.describe('Of the client that authenticates'),
  request: text.describe('Request object (RFC 9101), instead of the other parameters'),
});

export const pushedAnswerSchema = z.object({
  request_uri: z.string().describe('For the authorization endpoint, together with the client_id'),
  expires_in: z.int().describe('Seconds'),
});

export const cancelFormSchema = z.object({ interaction: label(128), csrf: freeText(256).default('') });

export const resumeQuerySchema = z.object({ interaction: label(128) });

export const logoutRequestSchema = z.looseObject({
  id_token_hint: text.describe('An ID token of the user, expired or not'),
  client_id: text,
  post_logout_redirect_uri: text.describe('One of the postLogoutRedirectURIs of the client'),
  state: text,
});

export const discoverySchema = z.looseObject({ issuer: z.string() });
components.add(discoverySchema, { id: 'ServerMetadata' });
export const resourceSchema = z.looseObject({
  resource: z.string(),
  authorization_servers: z.array(z.string()),
});
components.add(resourceSchema, { id: 'ResourceMetadata' });
/** An allow-list, so that a private member can never be published. */
const publicKeySchema = z.object({
  kty: z.string(),
  use: z.literal('sig'),
  alg: z.string(),
  kid: z.string(),
  n: z.string().optional(),
  e: z.string().optional(),
  crv: z.string().optional(),
  x: z.string().optional(),
  y: z.string().optional(),
});
export const keySetSchema = z.object({ keys: z.array(publicKeySchema) });
