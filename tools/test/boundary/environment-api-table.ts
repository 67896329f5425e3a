/** How the routes of Environment API are attacked from another contact centre. */
import { type Ask, byPath, noPerson, type Table } from './table.ts';

const api = '/environment/v3';
const center = `${api}/contact-centers/{id}`;
const scim = `${center}/scim/v2`;
const inner = `${api}/internal`;
const installation = 'belongs to the installation: a contact centre is refused whatever it names';

const each = (methods: string, path: string): string[] =>
  methods.split(' ').map((method) => `${method} ${path}`);
const one = (ask: Ask): Ask[] => [ask];
const provider = {
  ...{ location: '/', enabled: true, issuer: 'https://idp.other.test', clientId: 'other' },
  clientSecret: 'a-secret-of-the-other',
};

const centers: Table = {
  [`GET ${api}/contact-centers`]: [
    {},
    { query: { environmentId: '{environmentId}' } },
    { query: { domain: '{domain}' } },
    { query: { search: '{centerName}' } },
  ],
  [`POST ${api}/contact-centers`]: one({
    json: { data: { environmentId: '{environmentId}', domains: ['{domain}'], auth: 'configServer' } },
  }),
  // The people of a contact centre follow its environment, its domains and its membership.
  ...Object.fromEntries(
    each('PUT PATCH', center).map((route) => [
      route,
      [
        { json: { data: { name: 'taken' } } },
        { json: { data: { status: 'disabled' } } },
        { path: { id: '{ownId}' }, json: { data: { domains: ['{ownDomain}', '{domain}'] } } },
        { path: { id: '{ownId}' }, json: { data: { membership: { by: 'folder', names: ['{userName}'] } } } },
      ],
    ]),
  ),
  ...Object.fromEntries(
    each('PUT', `${center}/oidc`).map((route) => [route, one({ json: { data: provider } })]),
  ),
  [`PUT ${center}/saml`]: one({ json: { data: { location: '/', enabled: true, metadata: '<xml/>' } } }),
  [`DELETE ${center}/saml`]: one({ query: { location: '/' } }),
  [`DELETE ${center}/oidc`]: one({ query: { location: '/' } }),
  [`POST ${center}/settings`]: one({
    json: { data: { name: 'x-hideTenant', location: '/', value: 'true' } },
  }),
  [`POST ${center}/api-keys`]: one({ json: { data: { name: 'taken', purpose: 'scim' } } }),
  [`POST ${center}/people`]: one({ json: { data: { userName: 'taken' } } }),
  [`PATCH ${center}/people/{personId}`]: one({
    path: { personId: '{sub}' },
    json: { data: { status: 'disabled' } },
  }),
  [`DELETE ${center}/people/{personId}`]: one({ path: { personId: '{sub}' } }),
  [`POST ${center}/people/{personId}/password-link`]: one({ path: { personId: '{sub}' } }),
  [`GET ${center}/people/{personId}`]: one({ path: { personId: '{sub}' } }),
  [`GET ${center}/people/{personId}/links`]: one({ path: { personId: '{sub}' } }),
  [`POST ${center}/people/{personId}/links`]: one({
    path: { personId: '{sub}' },
    json: { data: { protocol: 'oidc', issuer: 'https://idp.example', subject: 'subject' } },
  }),
  [`DELETE ${center}/people/{personId}/links/{linkId}`]: one({
    path: { personId: '{sub}', linkId: '{sub}' },
  }),
  [`POST ${center}/deleted-people/{deletedId}/restore`]: one({
    path: { deletedId: '{sub}' },
    json: { data: {} },
  }),
  [`GET ${center}/deleted-people/{deletedId}`]: one({ path: { deletedId: '{sub}' } }),
  [`DELETE ${center}/deleted-people/{deletedId}`]: one({ path: { deletedId: '{sub}' } }),
  [`PUT ${center}/branding`]: one({ json: { data: { applicationName: 'taken' } } }),
  [`POST ${center}/branding/preview`]: one({ json: { data: { applicationName: 'taken' } } }),
  ...byPath(
    `GET ${center}`,
    `DELETE ${center}`,
    `GET ${center}/ends`,
    `GET ${center}/deleted-people`,
    `GET ${center}/settings`,
    `DELETE ${center}/settings/{name}`,
    `GET ${center}/saml`,
    `GET ${center}/oidc`,
    `GET ${center}/branding`,
    `DELETE ${center}/branding`,
    `PUT ${center}/branding/logo`,
    `DELETE ${center}/branding/logo`,
    `GET ${center}/api-keys`,
    `POST ${center}/api-keys/{keyId}/rotate`,
    `DELETE ${center}/api-keys/{keyId}`,
    `GET ${api}/environments`,
  ),
  // A key of another contact centre under the own one.
  [`POST ${api}/api-keys/validate`]: one({ json: { data: { key: '{apiKey}' } } }),
  [`GET ${api}/api-keys/{key}`]: one({ path: { key: '{apiKey}' } }),
  [`GET ${api}/cors`]: [{}, { query: { contactCenterId: '{contactCenterId}' } }],
  [`POST ${api}/cors`]: one({
    json: { data: { contactCenterId: '{contactCenterId}', origin: 'https://x.test' } },
  }),
  [`DELETE ${api}/cors`]: one({ query: { contactCenterId: '{contactCenterId}', origin: 'https://x.test' } }),
  [`GET ${api}/overview`]: [{ query: { contactCenter: '{contactCenterId}' } }, {}],
  [`GET ${api}/audit`]: [{}, { query: { contactCenterId: '{contactCenterId}' } }],
  [`GET ${api}/audit/export`]: [{}, { query: { contactCenterId: '{contactCenterId}' } }],
};

/** Of all bodies of SCIM, so that none is refused for them. */
const schemas = [
  ...['core:2.0:User', 'core:2.0:Group'].map((name) => `urn:ietf:params:scim:schemas:${name}`),
  ...['PatchOp', 'BulkRequest', 'SearchRequest'].map(
    (name) => `urn:ietf:params:scim:api:messages:2.0:${name}`,
  ),
];
const userFields = { schemas, userName: '{userName}' };
const people: Table = {
  [`GET ${scim}/Users`]: [{}, { query: { filter: 'userName eq "{userName}"' } }],
  [`POST ${scim}/Users`]: one({ json: userFields }),
  [`POST ${scim}/Groups`]: one({
    json: { schemas, displayName: 'Administrators', members: [{ value: '{sub}' }] },
  }),
  [`POST ${scim}/Bulk`]: one({
    json: { schemas, Operations: [{ method: 'DELETE', path: '/Users/{sub}' }] },
  }),
  ...Object.fromEntries(
    ['', '/Users', '/Groups'].map((path) => [
      `POST ${scim}${path}/.search`,
      [{ json: { schemas } }, { json: { schemas, filter: 'userName eq "{userName}"' } }],
    ]),
  ),
  ...Object.fromEntries(
    [...each('GET DELETE', `${scim}/Users/{userId}`), ...each('GET DELETE', `${scim}/Groups/{groupId}`)].map(
      (route) => [route, one({ path: { userId: '{sub}', groupId: '{sub}' } })],
    ),
  ),
  ...Object.fromEntries(
    [...each('PUT PATCH', `${scim}/Users/{userId}`), ...each('PUT PATCH', `${scim}/Groups/{groupId}`)].map(
      (route) => [
        route,
        one({ path: { userId: '{sub}', groupId: '{sub}' }, json: { ...userFields, active: false } }),
      ],
    ),
  ),
  ...byPath(`GET ${scim}/Groups`),
  ...noPerson(
    'describes SCIM',
    `GET ${scim}/ServiceProviderConfig`,
    ...['ResourceTypes', 'ResourceTypes/{name}', 'Schemas', 'Schemas/{name}'].map(
      (path) => `GET ${scim}/${path}`,
    ),
  ),
};

/** Credentials of a service only, so that everybody here is refused whatever they name. */
const internal: Table = {
  [`GET ${inner}/contact-centers`]: one({ query: { domain: '{domain}', location: '/' } }),
  [`GET ${inner}/environments/{id}/people`]: one({
    path: { id: '{environmentId}' },
    query: { userName: '{userName}' },
  }),
  [`GET ${inner}/environments/{id}/people/search`]: one({
    path: { id: '{environmentId}' },
    query: { search: '{userName}' },
  }),
  [`GET ${inner}/people/environments`]: one({ query: { text: '{userName}' } }),
  [`POST ${inner}/environments/{id}/person-numbers`]: one({
    path: { id: '{environmentId}' },
    json: { data: { keys: ['{userName}'] } },
  }),
  [`PUT ${inner}/environments/{id}/people/{dbid}/password`]: one({
    path: { id: '{environmentId}', dbid: '1' },
    json: { data: { password: 'taken' } },
  }),
  [`POST ${inner}/contact-centers/{id}/sign-on-people`]: one({
    path: { id: '{contactCenterId}' },
    json: { data: { issuer: 'https://idp.example', subject: 'subject', userName: '{userName}' } },
  }),
  ...byPath(`GET ${inner}/contact-centers/{id}`, `GET ${inner}/contact-centers/{id}/single-sign-on`),
  ...Object.fromEntries(
    ['saml', 'oidc'].map((protocol) => [
      `POST ${inner}/contact-centers/{id}/single-sign-on/${protocol}-plan`,
      one({ path: { id: '{contactCenterId}' }, json: { data: { logout: true } } }),
    ]),
  ),
  ...Object.fromEntries(
    ['', '/contact-centers', '/people/numbers', '/people/groups', '/person-numbers'].map((path) => [
      `GET ${inner}/environments/{id}${path}`,
      one({ path: { id: '{environmentId}' } }),
    ]),
  ),
  ...noPerson(
    'needs the link of a people store, which serves one contact centre',
    `POST ${inner}/password-links/read`,
    `POST ${inner}/password-links/redeem`,
  ),
  ...noPerson(
    'tells settings and pictures to services',
    `GET ${inner}/cors`,
    `GET ${inner}/branding`,
    `GET ${inner}/images/{digest}`,
    ...each('PUT DELETE', `${inner}/client-logos/{clientId}`),
    `GET ${inner}/changes`,
    `GET ${inner}/problems`,
  ),
};

const others: Table = noPerson(
  installation,
  ...each('GET DELETE', `${api}/deleted`),
  ...each('GET DELETE', `${api}/deleted/{deletedId}`),
  `POST ${api}/deleted/{deletedId}/restore`,
  `POST ${api}/environments`,
  ...each('GET PUT PATCH DELETE', `${api}/environments/{id}`),
  ...each('GET POST', `${api}/environments/{id}/config-servers`),
  ...each('PUT DELETE', `${api}/environments/{id}/config-servers/{serverId}`),
  `POST ${api}/environments/{id}/check`,
  `POST ${api}/environments/dry-run`,
  `POST ${api}/environments/{id}/dry-run`,
  ...each('GET POST', `${api}/settings`),
  `DELETE ${api}/settings/{name}`,
  ...each('GET PUT DELETE', `${api}/branding`),
  `POST ${api}/branding/preview`,
  ...each('PUT DELETE', `${api}/branding/logo`),
  ...each('GET POST DELETE', `${api}/locations`),
  ...each('GET', `${api}/audit/verify`),
  `GET ${api}/audit/retention`,
  `POST ${api}/audit/retention/confirm`,
  `POST ${api}/audit/reship`,
  `GET ${api}/diagnosis`,
  `GET ${api}/export`,
  `PUT ${api}/import`,
  `POST ${api}/apply`,
  ...each('GET', `${api}/configuration`),
  ...each('GET', `${api}/managed`),
  ...each('GET', `${api}/documents`),
  `GET /.well-known/oauth-protected-resource/environment/v3`,
  `GET ${api}/openapi.json`,
  `GET ${api}/schemas/{name}`,
);

export const environmentApiTable: Table = { ...centers, ...people, ...internal, ...others };
