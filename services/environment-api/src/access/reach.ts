/** Says what each write of Environment API puts into the hands of its caller, for the table of reachability. */
import type { Fact } from '@gatehouse/contracts/reachability';

const signOn = [
  'single sign-on of a contact centre',
  'single sign-on where administrators sign in',
  'group of the people store',
] as const;
const keys = [
  'SCIM key of a contact centre',
  'SCIM key where administrators sign in',
  'API key of a contact centre',
] as const;
const password = [
  'password of a person of the people store',
  'password of an administrator of the people store',
  'password of a contact-centre administrator of the people store',
  'password of a member of a mapped group of the people store',
  'password of the help desk or an auditor of the people store',
] as const;
const people = [...password, 'group of the people store'] as const;
const directory = ['servers of the directory'] as const;
const moves = ['environment, domains and members of a contact centre'] as const;

/** By operation of the matrix. A write that is not here gives nothing. */
export const gives: Readonly<Record<string, readonly Fact[]>> = {
  'POST /environments': directory,
  'PUT /environments/{id}': directory,
  'PATCH /environments/{id}': directory,
  'POST /environments/{id}/config-servers': directory,
  'PUT /environments/{id}/config-servers/{serverId}': directory,
  'POST /contact-centers': moves,
  'PUT /contact-centers/{id}': moves,
  'PATCH /contact-centers/{id}': moves,
  'PUT /contact-centers/{id}/saml': signOn,
  'PUT /contact-centers/{id}/oidc': signOn,
  'POST /contact-centers/{id}/api-keys': keys,
  'POST /contact-centers/{id}/api-keys/{keyId}/rotate': keys,
  'POST /contact-centers/{id}/people/{personId}/password-link': password,
  'POST /contact-centers/{id}/people': ['group of the people store'],
  'PATCH /contact-centers/{id}/people/{personId}': ['group of the people store'],
  // A caller who proves the subject to the identity provider is the person.
  'POST /contact-centers/{id}/people/{personId}/links': password,
  'POST /contact-centers/{id}/scim/v2/Users': ['password of a person of the people store'],
  'PUT /contact-centers/{id}/scim/v2/Users/{userId}': password,
  'PATCH /contact-centers/{id}/scim/v2/Users/{userId}': password,
  'POST /contact-centers/{id}/scim/v2/Groups': ['group of the people store'],
  'PUT /contact-centers/{id}/scim/v2/Groups/{groupId}': ['group of the people store'],
  'PATCH /contact-centers/{id}/scim/v2/Groups/{groupId}': ['group of the people store'],
  'POST /contact-centers/{id}/scim/v2/Bulk': people,
  'POST /deleted/{deletedId}/restore': [...directory, ...moves, 'group of the people store'],
  'POST /contact-centers/{id}/deleted-people/{deletedId}/restore': ['group of the people store'],
  'PUT /import': [...signOn, ...directory, ...moves],
  'POST /apply': [...signOn, ...directory, ...moves, 'registration of any client', 'secret of any client'],
  'POST /internal/contact-centers/{id}/sign-on-people': ['group of the people store'],
  'PUT /internal/environments/{id}/people/{dbid}/password': password,
  'POST /internal/password-links/redeem': password,
};

/** Writes that give nobody anything: they change what is shown, who may call from a page, what is tried, or they take away. */
export const givesNothing: readonly string[] = [
  'DELETE /environments/{id}',
  'DELETE /deleted',
  'DELETE /deleted/{deletedId}',
  'DELETE /contact-centers/{id}/deleted-people/{deletedId}',
  'DELETE /environments/{id}/config-servers/{serverId}',
  'POST /environments/dry-run',
  'POST /environments/{id}/dry-run',
  'POST /environments/{id}/check',
  'POST /internal/contact-centers/{id}/single-sign-on/saml-plan',
  'POST /internal/contact-centers/{id}/single-sign-on/oidc-plan',
  'DELETE /contact-centers/{id}',
  'POST /contact-centers/{id}/settings',
  'DELETE /contact-centers/{id}/settings/{name}',
  'DELETE /contact-centers/{id}/saml',
  'DELETE /contact-centers/{id}/oidc',
  'PUT /contact-centers/{id}/branding',
  'DELETE /contact-centers/{id}/branding',
  'POST /contact-centers/{id}/branding/preview',
  'PUT /contact-centers/{id}/branding/logo',
  'DELETE /contact-centers/{id}/branding/logo',
  'PUT /branding',
  'DELETE /branding',
  'POST /branding/preview',
  'PUT /branding/logo',
  'DELETE /branding/logo',
  'DELETE /contact-centers/{id}/api-keys/{keyId}',
  'DELETE /contact-centers/{id}/people/{personId}',
  'DELETE /contact-centers/{id}/people/{personId}/links/{linkId}',
  'POST /api-keys/validate',
  'POST /contact-centers/{id}/scim/v2/.search',
  'POST /contact-centers/{id}/scim/v2/Users/.search',
  'POST /contact-centers/{id}/scim/v2/Groups/.search',
  'DELETE /contact-centers/{id}/scim/v2/Users/{userId}',
  'DELETE /contact-centers/{id}/scim/v2/Groups/{groupId}',
  'POST /cors',
  'DELETE /cors',
  'POST /settings',
  'DELETE /settings/{name}',
  'POST /locations',
  'DELETE /locations',
  'POST /audit/reship',
  'POST /audit/retention/confirm',
  'PUT /internal/client-logos/{clientId}',
  'DELETE /internal/client-logos/{clientId}',
  'POST /internal/password-links/read',
  'POST /internal/environments/{id}/person-numbers',
];
