/** Lists the settings of single sign-on that have an option; all others stand in the file of `--file`. */
import type { SignOnProtocol } from '@gatehouse/api-client/environment-api/single-sign-on';
import { type FieldOption, flag, list } from '../../input/fields.ts';

const shared: readonly FieldOption[] = [
  {
    flags: '--user-lookup <field>',
    description: 'field of the person that equals the name: userName, email or externalId',
  },
  {
    flags: '--user-name-domain <domain>',
    description: 'names must end with @ and this domain, which is removed',
  },
  {
    flags: '--access-groups <names>',
    description: 'only their members sign in this way, separated by commas',
    read: list,
  },
  {
    flags: '--password-users <names>',
    description: 'user names that keep their password, separated by commas',
    read: list,
  },
  {
    flags: '--required-groups <names>',
    description: 'groups at the identity provider, of which a person needs one, separated by commas',
    read: list,
  },
  { flags: '--logout <flag>', description: 'true: signing out here signs out there', read: flag },
];

export const signOnFields: Record<SignOnProtocol, readonly FieldOption[]> = {
  saml: [
    {
      flags: '--metadata-url <address>',
      field: 'idpMetadataUrl',
      description: 'where the identity provider publishes its metadata',
    },
    {
      flags: '--user-name-attribute <name>',
      description: 'attribute that holds the name; without it the NameID does',
    },
    { flags: '--groups-attribute <name>', description: 'attribute that holds the groups' },
    { flags: '--name-id-format <name>', description: 'format of the NameID that is asked for' },
    { flags: '--binding <name>', description: 'how requests are sent: redirect or post' },
    {
      flags: '--encrypt-assertions <flag>',
      description: 'true: our metadata offers a key, and an assertion in the clear is refused',
      read: flag,
    },
    {
      flags: '--require-signed-response <flag>',
      description: 'true: the response must be signed too, not only the assertion',
      read: flag,
    },
    {
      flags: '--allow-idp-initiated <flag>',
      description: 'true: the identity provider may begin',
      read: flag,
    },
    ...shared,
  ],
  oidc: [
    {
      flags: '--issuer <address>',
      description: 'the identity provider, which publishes a discovery document',
    },
    { flags: '--client-id <id>', description: 'our client id there' },
    {
      flags: '--token-endpoint-auth-method <name>',
      description: 'how we prove who we are: client_secret_basic, private_key_jwt and others',
    },
    { flags: '--scopes <values>', description: 'scope values, separated by commas', read: list },
    { flags: '--user-name-claim <name>', description: 'claim that holds the name' },
    {
      flags: '--assume-verified-email <flag>',
      description: 'true: an address counts where the provider does not say whether it is verified',
      read: flag,
    },
    { flags: '--groups-claim <name>', description: 'claim that holds the groups' },
    { flags: '--user-info <flag>', description: 'true: UserInfo is asked too', read: flag },
    ...shared,
  ],
};
