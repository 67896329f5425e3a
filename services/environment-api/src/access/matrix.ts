/** Lists who may do what: one row per operation. It is the guard of every route (`guard.ts`) and docs/reference/authorisation.md. A test tries every cell. */
import { createMatrix, type Rule, type Verdict } from '@gatehouse/caller-auth/authorisation/matrix';

export const callerKinds = [
  'operator',
  'internal client',
  'managing internal client',
  'managing client',
  'client',
  'bound client',
  'managing bound client',
  'user',
  'managing user',
  'installation administrator',
  'contact-centre administrator',
  'SCIM key',
] as const;

export type CallerKind = (typeof callerKinds)[number];

const managingClient = callerKinds.indexOf('managing client');
const managingBoundClient = callerKinds.indexOf('managing bound client');

/**
 * One verdict per kind before the administrators. These two have the rights of managing clients: all, or those of one contact
 * centre. A SCIM key is no credential outside the routes for SCIM.
 */
function v(text: string, scimKey: Verdict = 'refused'): readonly Verdict[] {
  const given = text.split(' ') as Verdict[];
  const administrators = [managingClient, managingBoundClient].map((index) => given[index] as Verdict);
  return [...given, ...administrators, scimKey];
}
const elsewhere = 'hidden hidden hidden hidden hidden';

export const rules = {
  readInstallation: {
    title: 'read something of the installation',
    verdicts: v(`yes yes yes yes ${elsewhere}`),
  },
  listInstallation: {
    title: 'list things of the installation',
    verdicts: v('yes yes yes yes empty empty empty empty empty'),
  },
  changeInstallation: {
    title: 'change something of the installation',
    verdicts: v(`yes no yes yes ${elsewhere}`),
  },
  endangerInstallation: {
    title: 'change or delete something of the installation that its people and rights depend on',
    verdicts: v(`yes no yes yes ${elsewhere}`),
    isDangerous: true,
  },
  replaceInstallation: {
    title: 'replace everything at once, or let much of the trail be deleted',
    verdicts: v('yes no yes yes no no no no no'),
    isDangerous: true,
  },
  extendInstallation: {
    title: 'add to the installation, or change what all contact centres share',
    verdicts: v('yes no yes yes no no no no no'),
  },
  found: {
    title: 'add an environment or a contact centre to the installation: people come in by it',
    verdicts: v('yes no yes yes no no no no no'),
    isDangerous: true,
  },
  diagnose: {
    title: 'look at what the service stands on',
    verdicts: v('yes no yes yes no no no no no'),
  },
  readOverview: {
    title: 'see how the installation, or a contact centre, is doing',
    verdicts: v('yes no yes yes no no yes no yes'),
    other: v('yes no yes yes no no hidden no hidden'),
  },
  readAll: {
    title: 'read everything at once',
    verdicts: v('yes yes yes yes no no no no no'),
    refusal: 'This caller may not read what belongs to other contact centres',
  },
  listOwn: {
    title: 'list things of contact centres',
    verdicts: v('yes yes yes yes empty own own own own'),
  },
  readCenter: {
    title: 'read something of a contact centre',
    verdicts: v('yes yes yes yes hidden yes yes yes yes'),
    other: v(`yes yes yes yes ${elsewhere}`),
  },
  changeCenter: {
    title: 'change something of a contact centre',
    verdicts: v('yes no yes yes hidden no yes no yes'),
    other: v(`yes no yes yes ${elsewhere}`),
  },
  moveCenter: {
    title: 'change who the people of a contact centre are, and whether they come in',
    verdicts: v('yes no yes yes hidden no yes no yes'),
    other: v(`yes no yes yes ${elsewhere}`),
    isDangerous: true,
  },
  speakForPeople: {
    title: 'let somebody else say who the people of a contact centre are, or write them',
    verdicts: v('yes no yes yes hidden no yes no yes'),
    other: v(`yes no yes yes ${elsewhere}`),
    isDangerous: true,
    speaksForPeople: true,
  },
  withdrawKey: {
    title: 'withdraw a key of a contact centre',
    verdicts: v('yes no yes yes hidden no yes no yes'),
    other: v(`yes no yes yes ${elsewhere}`),
    isDangerous: true,
  },
  linkPassword: {
    title: 'let a person of a contact centre choose a password',
    verdicts: v('yes no yes yes hidden no yes no yes'),
    other: v(`yes no yes yes ${elsewhere}`),
    isDangerous: true,
  },
  deleteCenter: {
    title: 'delete a contact centre',
    isDangerous: true,
    verdicts: v('yes no yes yes hidden no no no no'),
    other: v(`yes no yes yes ${elsewhere}`),
  },
  readPeople: {
    title: 'read the people of a contact centre without SCIM',
    verdicts: v('yes no yes yes hidden no yes no yes'),
    other: v(`yes no yes yes ${elsewhere}`),
  },
  disablePeople: {
    title: 'disable people of a contact centre without SCIM, or enable them',
    verdicts: v('yes no yes yes hidden no yes no yes'),
    other: v(`yes no yes yes ${elsewhere}`),
    isDangerous: true,
  },
  readProvisioned: {
    title: 'read the people of a contact centre',
    verdicts: v('yes no yes yes hidden no yes no yes', 'yes'),
    other: v(`yes no yes yes ${elsewhere}`),
  },
  provision: {
    title: 'write the people of a contact centre, with their passwords and groups',
    verdicts: v('yes no yes yes hidden no yes no yes', 'yes'),
    other: v(`yes no yes yes ${elsewhere}`),
    isDangerous: true,
  },
  internal: {
    title: 'what the services tell each other',
    verdicts: v('no yes yes no no no no no no'),
    refusal: 'This endpoint is for internal clients',
  },
} as const satisfies Record<string, Rule>;

export type RuleName = keyof typeof rules;

/** By method and path of the OpenAPI document, below /environment/v3. */
export const matrix = {
  'GET /environments': 'listInstallation',
  'POST /environments': 'found',
  'GET /environments/{id}': 'readInstallation',
  'PUT /environments/{id}': 'endangerInstallation',
  'PATCH /environments/{id}': 'endangerInstallation',
  'DELETE /environments/{id}': 'endangerInstallation',
  'GET /environments/{id}/config-servers': 'readInstallation',
  'POST /environments/{id}/config-servers': 'endangerInstallation',
  'PUT /environments/{id}/config-servers/{serverId}': 'endangerInstallation',
  'DELETE /environments/{id}/config-servers/{serverId}': 'endangerInstallation',
  'POST /environments/{id}/check': 'changeInstallation',
  'GET /contact-centers': 'listOwn',
  'POST /contact-centers': 'found',
  'GET /contact-centers/{id}': 'readCenter',
  'GET /contact-centers/{id}/ends': 'readCenter',
  'PUT /contact-centers/{id}': 'moveCenter',
  'PATCH /contact-centers/{id}': 'moveCenter',
  'DELETE /contact-centers/{id}': 'deleteCenter',
  'GET /contact-centers/{id}/settings': 'readCenter',
  'POST /contact-centers/{id}/settings': 'changeCenter',
  'DELETE /contact-centers/{id}/settings/{name}': 'changeCenter',
  'GET /contact-centers/{id}/saml': 'readCenter',
  'PUT /contact-centers/{id}/saml': 'speakForPeople',
  'DELETE /contact-centers/{id}/saml': 'speakForPeople',
  'GET /contact-centers/{id}/oidc': 'readCenter',
  'PUT /contact-centers/{id}/oidc': 'speakForPeople',
  'DELETE /contact-centers/{id}/oidc': 'speakForPeople',
  'GET /contact-centers/{id}/branding': 'readCenter',
  'PUT /contact-centers/{id}/branding': 'changeCenter',
  'DELETE /contact-centers/{id}/branding': 'changeCenter',
  'POST /contact-centers/{id}/branding/preview': 'changeCenter',
  'PUT /contact-centers/{id}/branding/logo': 'changeCenter',
  'DELETE /contact-centers/{id}/branding/logo': 'changeCenter',
  'GET /branding': 'listOwn',
  'PUT /branding': 'extendInstallation',
  'DELETE /branding': 'extendInstallation',
  'POST /branding/preview': 'extendInstallation',
  'PUT /branding/logo': 'extendInstallation',
  'DELETE /branding/logo': 'extendInstallation',
  'GET /contact-centers/{id}/api-keys': 'readCenter',
  'POST /contact-centers/{id}/api-keys': 'speakForPeople',
  'POST /contact-centers/{id}/api-keys/{keyId}/rotate': 'speakForPeople',
  'DELETE /contact-centers/{id}/api-keys/{keyId}': 'withdrawKey',
  'GET /contact-centers/{id}/people/{personId}': 'readPeople',
  'PATCH /contact-centers/{id}/people/{personId}': 'disablePeople',
  'POST /contact-centers/{id}/people/{personId}/password-link': 'linkPassword',
  'POST /api-keys/validate': 'readCenter',
  'GET /api-keys/{key}': 'readCenter',
  'GET /contact-centers/{id}/scim/v2/Users': 'readProvisioned',
  'POST /contact-centers/{id}/scim/v2/Users': 'provision',
  'GET /contact-centers/{id}/scim/v2/Users/{userId}': 'readProvisioned',
  'PUT /contact-centers/{id}/scim/v2/Users/{userId}': 'provision',
  'PATCH /contact-centers/{id}/scim/v2/Users/{userId}': 'provision',
  'DELETE /contact-centers/{id}/scim/v2/Users/{userId}': 'provision',
  'GET /contact-centers/{id}/scim/v2/Groups': 'readProvisioned',
  'POST /contact-centers/{id}/scim/v2/Groups': 'provision',
  'GET /contact-centers/{id}/scim/v2/Groups/{groupId}': 'readProvisioned',
  'PUT /contact-centers/{id}/scim/v2/Groups/{groupId}': 'provision',
  'PATCH /contact-centers/{id}/scim/v2/Groups/{groupId}': 'provision',
  'DELETE /contact-centers/{id}/scim/v2/Groups/{groupId}': 'provision',
  'POST /contact-centers/{id}/scim/v2/Bulk': 'provision',
  'GET /contact-centers/{id}/scim/v2/ServiceProviderConfig': 'readProvisioned',
  'GET /contact-centers/{id}/scim/v2/ResourceTypes': 'readProvisioned',
  'GET /contact-centers/{id}/scim/v2/ResourceTypes/{name}': 'readProvisioned',
  'GET /contact-centers/{id}/scim/v2/Schemas': 'readProvisioned',
  'GET /contact-centers/{id}/scim/v2/Schemas/{name}': 'readProvisioned',
  'GET /cors': 'listOwn',
  'POST /cors': 'changeCenter',
  'DELETE /cors': 'changeCenter',
  'GET /settings': 'listOwn',
  'POST /settings': 'extendInstallation',
  'DELETE /settings/{name}': 'extendInstallation',
  'GET /locations': 'listInstallation',
  'POST /locations': 'extendInstallation',
  'DELETE /locations': 'extendInstallation',
  'GET /audit': 'listOwn',
  'GET /audit/export': 'listOwn',
  'GET /diagnosis': 'diagnose',
  'GET /overview': 'readOverview',
  'GET /audit/verify': 'readAll',
  'GET /audit/retention': 'readAll',
  'POST /audit/retention/confirm': 'replaceInstallation',
  'POST /audit/reship': 'extendInstallation',
  'GET /export': 'readAll',
  'PUT /import': 'replaceInstallation',
  'GET /internal/contact-centers': 'internal',
  'GET /internal/contact-centers/{id}': 'internal',
  'GET /internal/contact-centers/{id}/single-sign-on': 'internal',
  'GET /internal/branding': 'internal',
  'GET /internal/images/{digest}': 'internal',
  'PUT /internal/client-logos/{clientId}': 'internal',
  'DELETE /internal/client-logos/{clientId}': 'internal',
  'GET /internal/environments/{id}': 'internal',
  'GET /internal/environments/{id}/contact-centers': 'internal',
  'GET /internal/environments/{id}/people': 'internal',
  'GET /internal/environments/{id}/people/search': 'internal',
  'GET /internal/environments/{id}/people/numbers': 'internal',
  'PUT /internal/environments/{id}/people/{dbid}/password': 'internal',
  'POST /internal/password-links/read': 'internal',
  'POST /internal/password-links/redeem': 'internal',
  'GET /internal/environments/{id}/person-numbers': 'internal',
  'POST /internal/environments/{id}/person-numbers': 'internal',
  'GET /internal/changes': 'internal',
  'GET /internal/cors': 'internal',
} as const satisfies Record<string, RuleName>;

export type Operation = keyof typeof matrix;

/** Where the paths of this API begin. */
export const base = '/environment/v3';

export const authorisation = createMatrix({ prefix: base, kinds: callerKinds, rules, rows: matrix });
