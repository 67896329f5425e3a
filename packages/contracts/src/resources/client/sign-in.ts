/** Describes who a client is, which grants it has, how people sign in to it, and how far it reaches. */
import { z } from 'zod';
import { field } from '../../resource/field.ts';
import { assuranceLevels } from '../../values/assurance.ts';
import { contactCenterIdSchema } from '../../values/scalar.ts';
import { freeText } from '../../values/text.ts';
import { detailTypeNameSchema } from './detail-types.ts';
import {
  clientIdSchema,
  grantTypes,
  installationAdminAuthority,
  linkedPage,
  maxInteger,
  membershipClaims,
  redirectUri,
  responseTypes,
} from './values.ts';

const name = freeText(256).min(1);
const authority = name.refine(
  (text) => text !== installationAdminAuthority,
  `must not be ${installationAdminAuthority}, which only the list of installation administrators gives`,
);
/** RFC 6749 section 3.3; spaces around the value, and the same value again, change nothing. */
const oneScopeValue = /^ *([\x21\x23-\x5b\x5d-\x7e]+)(?: +\1)* *$/;
const scopeValue = freeText(1024)
  .refine((text) => oneScopeValue.test(text), {
    error: 'must be one scope value',
    params: { reason: 'wrong_characters' },
  })
  // The RFC allows it inside a value; at its ends it is that of a list.
  .refine((text) => !/^[ ,;]*[,;]|[,;] *$/.test(text), {
    error: 'must be one scope value, without the comma of a list: openid',
    params: { reason: 'wrong_characters' },
  });

/** Names, type and secret. */
export const names = {
  client_id: field(clientIdSchema.optional(), {
    label: 'Client id',
    help: 'Chosen by the caller; made up without it. Cannot be changed.',
    group: 'names',
    example: 'agent-desktop',
    isFixed: true,
    isColumn: true,
  }),
  name: field(name, {
    label: 'Name',
    help: 'As people read it when they are asked for consent, and on their account page.',
    group: 'names',
    isColumn: true,
  }),
  description: field(freeText(2000), {
    label: 'Description',
    help: 'For administrators: what it is for, and who answers for it.',
    group: 'names',
    initial: '',
  }),
  clientType: field(z.enum(['CONFIDENTIAL', 'PUBLIC']), {
    label: 'Type',
    help: 'A public client has no secret, and must use PKCE.',
    group: 'names',
    initial: 'CONFIDENTIAL',
    isColumn: true,
  }),
  client_secret: field(
    z
      .string()
      .regex(/^[\x20-\x7e]{1,256}$/, 'must be 1 to 256 printable ASCII characters')
      .optional(),
    {
      label: 'Secret',
      help: 'A chosen secret, or its argon2id or bcrypt hash (`{bcrypt}` too) from elsewhere. Without it a CONFIDENTIAL client gets a generated one.',
      group: 'names',
      isSecret: true,
    },
  ),
};

/** Grants. */
export const grants = {
  authorizedGrantTypes: field(z.array(z.enum(grantTypes)).max(grantTypes.length), {
    label: 'Grants',
    help: 'Grants that it may use. An internal client also shows the two `urn:` ones of services.',
    group: 'grants',
    initial: ['authorization_code', 'refresh_token'],
    isColumn: true,
  }),
};

/** Signing in. */
export const signIn = {
  redirectURIs: field(z.array(redirectUri).max(200), {
    label: 'Redirect URIs',
    help: 'Where people come back to after they have signed in. One address in each line, exactly as the application sends it.',
    group: 'signIn',
    example: ['https://desktop.example.com/callback'],
    initial: [],
  }),
  postLogoutRedirectURIs: field(z.array(redirectUri).max(200), {
    label: 'Addresses after signing out',
    help: 'Where people may go on to after they have signed out. One address in each line.',
    group: 'signIn',
    example: ['https://desktop.example.com/'],
    initial: [],
  }),
  redirectMatching: field(z.enum(['exact', 'origin']), {
    label: 'Matching of redirect URIs',
    help: '`origin`: also below a registered address (compat).',
    group: 'signIn',
  }),
  initiateLoginUri: field(linkedPage.optional(), {
    label: 'Address where a sign-in begins',
    help: 'Its page that begins a sign-in when people come from our pages: the account page and an expired sign-in link there. It gets `iss`.',
    group: 'signIn',
    example: 'https://desktop.example.com/login',
    isClearable: true,
  }),
  requirePkce: field(z.boolean(), {
    label: 'PKCE',
    help: 'Sign-in is refused without it. Every current library sends it.',
    group: 'signIn',
  }),
  requireConsent: field(z.boolean(), {
    label: 'Consent',
    help: 'For applications of others. Your own need not ask.',
    group: 'signIn',
    initial: false,
  }),
  responseTypes: field(z.array(z.enum(responseTypes)).max(responseTypes.length), {
    label: 'Response types',
    help: 'What the authorization endpoint may answer; the response types of its grants without it.',
    group: 'signIn',
  }),
  defaultMaxAgeSeconds: field(z.int().min(0).max(maxInteger).optional(), {
    label: 'Age of a sign-in, in seconds',
    help: 'A sign-in that is older is asked for again, where the request says no `max_age`.',
    group: 'signIn',
    isClearable: true,
  }),
  minimumAcr: field(z.enum(assuranceLevels).optional(), {
    label: 'Least assurance',
    help: 'It gets nothing of people who have proved less, whatever their contact centre requires. Grants without a browser are then refused.',
    group: 'signIn',
    isClearable: true,
  }),
  basicAuthorize: field(z.boolean().optional(), {
    label: 'Basic credentials of people',
    help: 'Compat: the authorization endpoint takes the Basic credentials of the user; as the compat profile says without it.',
    group: 'signIn',
    isClearable: true,
  }),
  backchannelTokenDeliveryMode: field(
    z.literal('poll', 'must be poll: ping and push are not offered').optional(),
    {
      label: 'Delivery of approved tokens',
      help: 'How it gets tokens that a person elsewhere approved (OpenID CIBA): it polls.',
      group: 'signIn',
      isClearable: true,
    },
  ),
  backchannelUserCodeParameter: field(z.boolean(), {
    label: 'Code of the person',
    help: 'Its requests for an approval contain the code that the person has chosen.',
    group: 'signIn',
    initial: false,
  }),
};

/** The reach of its tokens. */
export const reach = {
  scope: field(z.array(scopeValue).min(1).max(100), {
    label: 'Scope',
    help: 'What it may ask for. `*` allows everything; `openid` makes ID tokens possible.',
    reference: 'scope',
    group: 'reach',
    example: ['openid', 'profile'],
    initial: ['*'],
  }),
  authorities: field(z.array(authority).max(100), {
    label: 'Authorities of its own tokens',
    help: 'Of tokens that it gets for itself. One in each line; `ROLE_MANAGEMENT_APPLICATION` administers everything.',
    group: 'reach',
    initial: [],
  }),
  contactCenterIds: field(z.array(contactCenterIdSchema).max(10_000), {
    label: 'Contact centres',
    help: 'The contact centres whose people may sign in through it. None: all of them.',
    reference: 'contactCenter',
    group: 'reach',
    example: ['9d7f1a52-6f0e-4a9b-8f4c-2b7a1c5f3e10'],
    initial: [],
    isColumn: true,
  }),
  internalClient: field(z.boolean(), {
    label: 'Internal service',
    help: 'It may ask about the tokens of every contact centre.',
    group: 'reach',
    initial: false,
  }),
  membershipClaims: field(z.array(z.enum(membershipClaims)).max(membershipClaims.length), {
    label: 'Lists of roles and groups',
    help: 'Flat lists that ID tokens, UserInfo, introspection and JWT access tokens contain whatever the scope.',
    group: 'reach',
    initial: [],
  }),
  authorizationDetailsTypes: field(z.array(detailTypeNameSchema).max(100), {
    label: 'Authorization details',
    help: 'Types of `authorization_details` (RFC 9396) that it may ask for.',
    group: 'reach',
    initial: [],
  }),
};
