/** Lists the settings of single sign-on that have an option; all others stand in the file of `--file`. */
import { oidc, saml } from '@gatehouse/contracts/resources';
import type { SignOnProtocol } from '@gatehouse/contracts/values';
import { type FieldOption, optionsOf } from '../../input/options.ts';

const shared = {
  userLookup: [
    '--user-lookup <field>',
    'field of the person that equals the name: userName, email or externalId',
  ],
  userNameDomain: ['--user-name-domain <domain>', 'names must end with @ and this domain, which is removed'],
  accessGroups: ['--access-groups <names>', 'only their members sign in this way, separated by commas'],
  passwordUsers: ['--password-users <names>', 'user names that keep their password, separated by commas'],
  requiredGroups: [
    '--required-groups <names>',
    'groups at the identity provider, of which a person needs one, separated by commas',
  ],
  createPeople: [
    '--create-people <flag>',
    'true: the first sign-in of a person creates them in the people store',
  ],
  updatePeople: [
    '--update-people <flag>',
    'true: names, address and groups of people follow the identity provider',
  ],
  peopleGroups: [
    '--people-groups <names>',
    'groups of the people store that the identity provider gives, separated by commas; "name there -> group" where it has another name',
  ],
  logout: ['--logout <flag>', 'true: signing out here signs out there'],
} as const;

export const signOnFields: Record<SignOnProtocol, readonly FieldOption[]> = {
  saml: optionsOf(saml, {
    idpMetadataUrl: ['--metadata-url <address>', 'where the identity provider publishes its metadata'],
    userNameAttribute: [
      '--user-name-attribute <name>',
      'attribute that holds the name; without it the NameID does',
    ],
    subjectAttribute: [
      '--subject-attribute <name>',
      'attribute that never changes, by which people are known; without it a persistent NameID',
    ],
    firstNameAttribute: [
      '--first-name-attribute <name>',
      'attribute that holds the first name of new people',
    ],
    lastNameAttribute: ['--last-name-attribute <name>', 'attribute that holds the last name of new people'],
    emailAttribute: ['--email-attribute <name>', 'attribute that holds the e-mail address of new people'],
    groupsAttribute: ['--groups-attribute <name>', 'attribute that holds the groups'],
    nameIdFormat: ['--name-id-format <name>', 'format of the NameID that is asked for'],
    binding: ['--binding <name>', 'how requests are sent: redirect or post'],
    encryptAssertions: [
      '--encrypt-assertions <flag>',
      'true: our metadata offers a key, and an assertion in the clear is refused',
    ],
    requireSignedResponse: [
      '--require-signed-response <flag>',
      'true: the response must be signed too, not only the assertion',
    ],
    allowIdpInitiated: ['--allow-idp-initiated <flag>', 'true: the identity provider may begin'],
    ...shared,
  }),
  oidc: optionsOf(oidc, {
    issuer: ['--issuer <address>', 'the identity provider, which publishes a discovery document'],
    clientId: ['--client-id <id>', 'our client id there'],
    tokenEndpointAuthMethod: [
      '--token-endpoint-auth-method <name>',
      'how we prove who we are: client_secret_basic, private_key_jwt and others',
    ],
    scopes: ['--scopes <values>', 'scope values, separated by commas'],
    userNameClaim: ['--user-name-claim <name>', 'claim that holds the name'],
    assumeVerifiedEmail: [
      '--assume-verified-email <flag>',
      'true: an address counts where the provider does not say whether it is verified',
    ],
    groupsClaim: ['--groups-claim <name>', 'claim that holds the groups'],
    userInfo: ['--user-info <flag>', 'true: UserInfo is asked too'],
    ...shared,
  }),
};
