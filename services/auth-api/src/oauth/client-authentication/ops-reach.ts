/** Says what each write below `/auth/v3/ops` puts into the hands of its caller, and what logins, keys and settings give beyond it. */
import type { Fact, ReachEdge } from '@gatehouse/contracts/reachability';

/** By operation of the matrix. */
export const opsGives: Readonly<Record<string, readonly Fact[]>> = {
  'POST /administrators': ['entry of the list of administrators'],
  'POST /contact-centers/{id}/administrators': ['entry of the list of a contact centre'],
  'POST /console-links': ['link to the console'],
  'POST /clients': ['registration of any client'],
  'PUT /clients/{client_id}': ['registration of any client'],
  'POST /clients/{client_id}/rotate-secret': ['secret of any client'],
  'POST /deleted-clients/{id}/restore': ['secret of any client'],
};

/** Writes that give nobody anything: keys stay inside, the rest is tried, told or taken away. */
export const opsGivesNothing: readonly string[] = [
  'DELETE /administrators/{sub}',
  'PATCH /contact-centers/{id}/administrators',
  'DELETE /contact-centers/{id}/administrators/{sub}',
  'POST /clients/dry-run',
  'DELETE /clients/{client_id}',
  'DELETE /sessions',
  'POST /revocations',
  'DELETE /people/delays',
  'POST /people/factors/reset',
  // It opens the set-up of a first factor after the password, to nobody with a right that its maker lacks.
  'POST /people/factors/invitation',
  'DELETE /people/factors/devices',
  'POST /people/erasure',
  'POST /contact-centers/{id}/sso-check',
  'POST /contact-centers/{id}/saml/dry-run',
  'POST /contact-centers/{id}/sso-trials',
  'POST /contact-centers/{id}/oidc/dry-run',
  'POST /contact-centers/{id}/factors/dry-run',
  'POST /sso-keys/prepare',
  'POST /sso-keys/activate',
  'POST /signing-keys',
  'POST /signing-keys/rotate',
  'POST /signing-keys/{kid}/retire',
  'DELETE /signing-keys/{kid}',
  'POST /signal-receivers',
  'PUT /signal-receivers/{id}',
  'DELETE /signal-receivers/{id}',
  'POST /signal-receivers/{id}/test',
  'POST /alerts/test',
  'POST /audit/reship',
  'POST /audit/retention/confirm',
  'POST /audit/erase',
];

type Holder =
  | 'operator by link'
  | 'installation administrator'
  | 'contact-centre administrator'
  | 'help desk'
  | 'auditor'
  | 'managing client'
  | 'managing bound client'
  | 'managing internal client'
  | 'internal client'
  | 'client'
  | 'bound client'
  | 'user'
  | 'SCIM key';

const kindsOfClients = [
  'managing client',
  'managing bound client',
  'managing internal client',
  'internal client',
  'client',
  'bound client',
] as const;

/** Each comes by a mapping of groups and roles, or by the list of the contact centre. */
const rightsOfContactCenter = ['contact-centre administrator', 'help desk', 'auditor'] as const;
const mapped = 'a group or role of that directory is mapped to the right';
const mappedFromStore = 'GATEHOUSE_AUTHORITY_MAPPING has an entry scim:NAME for it';
const namedProvider = 'an entry of the list names this provider';

export const edges: readonly ReachEdge<Holder>[] = [
  // Identity providers: who sets one may make it say any name.
  {
    from: 'single sign-on of a contact centre',
    to: 'identity provider of a contact centre',
    by: 'the settings name an own provider',
  },
  {
    from: 'single sign-on where administrators sign in',
    to: 'identity provider where administrators sign in',
    by: 'the settings name an own provider',
  },
  { from: 'identity provider of a contact centre', to: 'user', by: 'it says the name of a person' },
  ...rightsOfContactCenter.map(
    (to) =>
      ({
        from: 'identity provider of a contact centre',
        to,
        by: 'it says the name of a person with that right',
        when: `${mapped}, or an entry of the list of the contact centre names this provider`,
      }) as const,
  ),
  {
    from: 'identity provider of a contact centre',
    to: 'installation administrator',
    by: 'it says the name of an administrator',
    stoppedBy: 'an entry names the way of sign-in',
  },
  {
    from: 'identity provider where administrators sign in',
    to: 'identity provider of a contact centre',
    by: 'it is one',
  },
  {
    from: 'identity provider where administrators sign in',
    to: 'installation administrator',
    by: 'it says the name of an administrator',
    when: namedProvider,
  },
  // Directories: who writes them sets passwords and groups.
  {
    from: 'servers of the directory',
    to: 'directory where administrators sign in',
    by: 'own servers answer',
  },
  {
    from: 'environment, domains and members of a contact centre',
    to: 'directory where administrators sign in',
    by: 'another directory says who its people are',
  },
  { from: 'directory of a contact centre', to: 'user', by: 'it sets the password of a person' },
  ...rightsOfContactCenter.map(
    (to) =>
      ({
        from: 'directory of a contact centre',
        to,
        by: 'it puts a person into a group, or sets the password of one with that right',
        when: `${mapped}, or an entry of the list of the contact centre names the password`,
      }) as const,
  ),
  { from: 'directory where administrators sign in', to: 'directory of a contact centre', by: 'it is one' },
  {
    from: 'directory where administrators sign in',
    to: 'installation administrator',
    by: 'it sets the password of an administrator',
    when: 'an entry of the list names the password',
  },
  // The people store.
  { from: 'SCIM key of a contact centre', to: 'SCIM key', by: 'the key is shown once' },
  { from: 'SCIM key where administrators sign in', to: 'SCIM key', by: 'the key is shown once' },
  { from: 'API key of a contact centre', to: 'holder of an API key', by: 'the key is shown once' },
  { from: 'password of a person of the people store', to: 'user', by: 'the person signs in with it' },
  ...rightsOfContactCenter.map(
    (to) =>
      ({
        from: 'password of a member of a mapped group of the people store',
        to,
        by: 'the member signs in with it',
        when: mappedFromStore,
      }) as const,
  ),
  {
    from: 'password of a contact-centre administrator of the people store',
    to: 'contact-centre administrator',
    by: 'the administrator signs in with it',
  },
  ...(['help desk', 'auditor'] as const).map(
    (to) =>
      ({
        from: 'password of the help desk or an auditor of the people store',
        to,
        by: 'the person signs in with it',
      }) as const,
  ),
  {
    from: 'password of an administrator of the people store',
    to: 'installation administrator',
    by: 'the administrator signs in with it',
  },
  ...rightsOfContactCenter.flatMap((to) => [
    {
      from: 'group of the people store',
      to,
      by: 'the group has a mapped name',
      stoppedBy: 'groups of a people store are mapped apart',
    } as const,
    {
      from: 'group of the people store',
      to,
      by: 'the group has a name that is mapped for this source',
      when: mappedFromStore,
    } as const,
  ]),
  // Clients. Assertion issuers of a client speak for people to applications, and never at the console.
  ...kindsOfClients.flatMap((to) => [
    { from: 'registration of any client', to, by: 'a client with these authorities is registered' } as const,
    { from: 'secret of any client', to, by: 'the new secret is shown' } as const,
  ]),
  { from: 'registration of any client', to: 'user', by: 'it names an own issuer of assertions' },
  // Administrators.
  {
    from: 'entry of the list of administrators',
    to: 'installation administrator',
    by: 'the entry names an own account',
  },
  ...rightsOfContactCenter.map(
    (to) =>
      ({ from: 'entry of the list of a contact centre', to, by: 'the entry names an own account' }) as const,
  ),
  { from: 'link to the console', to: 'operator by link', by: 'the link is opened' },
  // Sign-out.
  { from: 'user', to: 'every session of a user ends', by: 'the person signs out everywhere' },
  {
    from: 'token of an application without the scope `sessions`',
    to: 'every session of a user ends',
    by: '`sign-out?global=true`',
    when: '`compat.enabled`, or `globalSignOut` of the client',
  },
  {
    from: 'token of an application without the scope `sessions`',
    to: 'every session of a user ends',
    by: '`sign-out?global=true`',
    stoppedBy: 'global sign-out needs a scope',
  },
];
