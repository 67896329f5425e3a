/** Describes OpenID Connect settings of a contact centre: what administrators send, and what is told about each field. */
import { z } from 'zod';
import { field } from '../resource/field.ts';
import { flag } from '../values/scalar.ts';
import { anyJson, freeText, label } from '../values/text.ts';
import { settingsOf, sharedFields } from './single-sign-on.ts';

const authMethods = [
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
  'none',
] as const;
const prompts = ['none', 'login', 'consent', 'select_account'] as const;

/** RFC 6749 section 3.3: scope-token. */
const scope = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/, 'must be a scope without spaces');
const scopes = z
  .union(
    [
      freeText(8192).transform((text) => text.split(/[ ,]+/).filter((part) => part !== '')),
      z.array(freeText(128)),
    ],
    {
      error: 'must be a list of scopes',
    },
  )
  .pipe(z.array(scope).max(64, 'holds more than 64 scopes'))
  .transform((list) => [...new Set(list)]);

const endpoint = (label: string, help: string) =>
  field(freeText(2048).nullish(), { label, help, group: 'endpoints', isClearable: true });

export const oidc = {
  name: 'oidc',
  fields: {
    ...sharedFields,
    issuer: field(freeText(2048).nullish(), {
      label: 'Issuer',
      help: 'The address that the discovery document of the identity provider names as issuer.',
      group: 'provider',
      isClearable: true,
    }),
    authorizationEndpoint: endpoint(
      'Authorisation endpoint',
      'Where a browser is sent to sign in. With the token endpoint and the address of the keys, in place of the discovery document.',
    ),
    tokenEndpoint: endpoint('Token endpoint', 'Where Gatehouse gets the tokens.'),
    jwksUri: endpoint('Address of the keys', 'Where the identity provider publishes its keys.'),
    userInfoEndpoint: endpoint('UserInfo endpoint', 'Needed only where UserInfo is asked.'),
    endSessionEndpoint: endpoint('Logout endpoint', 'Needed only where signing out here signs out there.'),
    clientId: field(label().nullish(), {
      label: 'Client id',
      help: 'As the identity provider names Gatehouse.',
      group: 'provider',
      isClearable: true,
    }),
    clientSecret: field(
      freeText(4096)
        .min(1, 'must not be empty: leave it out to keep it, or send null to take it away')
        .nullish(),
      {
        label: 'Client secret',
        help: 'Stored sealed, and never shown again.',
        group: 'provider',
        isClearable: true,
        isSecret: true,
      },
    ),
    tokenEndpointAuthMethod: field(
      z.enum(authMethods, { error: `must be one of ${authMethods.join(', ')}` }).optional(),
      {
        label: 'How Gatehouse proves itself',
        help: 'As it is registered at the identity provider.',
        group: 'provider',
        initial: 'client_secret_basic',
      },
    ),
    scopes: field(scopes.optional(), {
      label: 'Scopes',
      help: 'A list, or separated by spaces. `openid` must be among them.',
      group: 'person',
      initial: ['openid', 'profile', 'email'],
    }),
    userNameClaim: field(label().optional(), {
      label: 'Claim with the name',
      help: 'Such as preferred_username or email.',
      group: 'person',
      initial: 'preferred_username',
    }),
    assumeVerifiedEmail: field(flag().optional(), {
      label: 'Take e-mail addresses as verified',
      help: 'With the claim email, an address counts also without `email_verified`. Only where nobody but your own administrators can set addresses there.',
      group: 'person',
    }),
    groupsClaim: field(label().nullish(), {
      label: 'Claim with the groups',
      help: 'Needed with required groups, and with groups that the identity provider gives.',
      group: 'who',
      isClearable: true,
    }),
    userInfo: field(flag().optional(), {
      label: 'Ask UserInfo, too',
      help: 'Asks the UserInfo endpoint for claims that the ID token does not hold.',
      group: 'person',
    }),
    responseMode: field(
      z.enum(['query', 'form_post'], { error: 'must be "query" or "form_post"' }).optional(),
      {
        label: 'How answers come',
        help: 'A query suits most identity providers.',
        group: 'protection',
      },
    ),
    prompt: field(z.enum(prompts, { error: `must be one of ${prompts.join(', ')}` }).nullish(), {
      label: 'Ask at every sign-in',
      help: 'What the identity provider is asked to do each time.',
      group: 'protection',
      isClearable: true,
    }),
  },
};

export const oidcChangeSchema = settingsOf({
  ...oidc.fields,
  hasClientSecret: anyJson()
    .transform(() => undefined)
    .optional()
    .describe('Ignored: what was read may be sent back.'),
});

/** As it is sent. */
export type OidcChange = z.input<typeof oidcChangeSchema>;
