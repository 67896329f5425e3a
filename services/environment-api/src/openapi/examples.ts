/** Lists example bodies by operation, for the OpenAPI document and for a test that sends them. */

const environment = {
  username: 'gatehouse',
  password: 'its password',
  connectionProtocol: 'addp',
  localTimeout: 20,
  remoteTimeout: 20,
  traceMode: 'CFGTMNone',
  tenant: 'Environment',
  appName: 'gatehouse',
  tlsEnabled: true,
  configServers: [
    {
      primaryAddress: 'config-1.example.com',
      primaryPort: 8888,
      backupAddress: 'config-2.example.com',
      backupPort: 8888,
      readOnly: false,
      locations: ['/USW1'],
    },
  ],
};
const server = {
  primaryAddress: 'config-3.example.com',
  primaryPort: 8888,
  readOnly: true,
  locations: ['/EUW1'],
};
const exampleEnvironmentId = '5d1f6f52-8f0c-4c5c-9a39-3f8f4f0c9a01';
const exampleCenterId = '9b2c7a10-3b7a-4f57-8a55-0d8e1c3b7f02';
const setting = { name: 'password-link-hours', value: '72', location: '/', shared: false };
const branding = {
  name: 'Example Travel',
  colors: { accent: '#0057b8' },
  greeting: { en: 'Good to see you.', de: 'Schön, dass Sie da sind.' },
  links: [{ kind: 'privacy', url: 'https://www.example.com/privacy' }],
  notice: {
    kind: 'maintenance',
    text: { en: 'On Sunday from two to four nobody can sign in.' },
    from: '2027-01-29T00:00:00Z',
    until: '2027-01-31T04:00:00Z',
  },
  location: '/',
};
const origin = { contactCenterId: exampleCenterId, origin: 'https://desktop.example.com' };

const scimUser = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  userName: 'ada@example.com',
  externalId: '00u1',
  name: { givenName: 'Ada', familyName: 'Lovelace' },
  emails: [{ value: 'ada@example.com', type: 'work', primary: true }],
  active: true,
};
const scimGroup = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
  displayName: 'Agents',
  members: [],
};
const scimPatch = (operation: object) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: [operation],
});

const scimSearch = (filter: string) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
  filter,
  count: 50,
});

export const examples: Record<string, object> = {
  createEnvironment: { data: environment },
  putEnvironment: { data: { password: 'the new password' } },
  patchEnvironment: { data: { localTimeout: 10, remoteTimeout: 10 } },
  tryNewEnvironment: { data: environment },
  tryEnvironmentChange: { data: { localTimeout: 10, remoteTimeout: 10 } },
  addConfigServer: { data: { ...server, password: 'the password of the service account' } },
  changeConfigServer: { data: { primaryPort: 8889, password: 'the password of the service account' } },
  changePerson: { data: { status: 'disabled' } },
  addSignOnLink: {
    data: { protocol: 'oidc', issuer: 'https://idp.example.com', subject: '00u1a2b3c4' },
  },
  createPerson: {
    data: { userName: 'ada', firstName: 'Ada', email: 'ada@north.example.com', groups: ['Agents'] },
  },
  restoreDeleted: { data: { domains: ['acme', 'acme-north'] } },
  restoreDeletedPerson: { data: { name: 'ada.north' } },
  createContactCenter: {
    data: {
      environmentId: exampleEnvironmentId,
      domains: ['acme', 'acme-test'],
      name: 'Acme',
      auth: 'configServer',
    },
  },
  putContactCenter: { data: { domains: ['acme', 'acme-emea'] } },
  patchContactCenter: { data: { status: 'disabled' } },
  upsertSetting: { data: setting, operationId: 'set-up-acme' },
  upsertGlobalSetting: { data: { ...setting, name: 'x-default-language', value: 'en' } },
  createApiKey: { data: { name: 'nightly report', expiresAt: '2099-01-31T00:00:00Z' } },
  rotateApiKey: { data: { overlapSeconds: 3600 } },
  validateApiKey: { data: { key: 'gk_…' } },
  addOrigin: { data: origin },
  removeOrigin: { data: origin },
  putBranding: { data: branding, operationId: 'look-of-acme' },
  putGlobalBranding: { data: branding, operationId: 'look-of-all' },
  previewBranding: { data: branding },
  previewGlobalBranding: { data: branding },
  putSaml: {
    data: {
      enabled: true,
      idpMetadataUrl: 'https://idp.example.com/metadata',
      userNameSource: 'attribute',
      userNameAttribute: 'uid',
      accessGroups: ['Agents'],
    },
  },
  putOidc: {
    data: {
      enabled: true,
      issuer: 'https://idp.example.com',
      clientId: 'gatehouse',
      clientSecret: 'its secret',
      scopes: ['openid', 'email'],
      userNameClaim: 'email',
      assumeVerifiedEmail: false,
      userLookup: 'email',
    },
  },
  declareLocation: { data: { location: '/APS1' } },
  scimCreateUser: scimUser,
  scimReplaceUser: { ...scimUser, title: 'Supervisor' },
  scimPatchUser: scimPatch({ op: 'replace', path: 'active', value: false }),
  scimCreateGroup: scimGroup,
  scimReplaceGroup: scimGroup,
  scimPatchGroup: scimPatch({ op: 'replace', path: 'displayName', value: 'Supervisors' }),
  scimSearchUsers: scimSearch('active eq false'),
  scimSearchGroups: scimSearch('displayName sw "Agents"'),
  scimSearch: scimSearch('meta.resourceType eq "Group" or userName eq "ada@example.com"'),
  scimBulk: {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
    failOnErrors: 10,
    Operations: [{ method: 'POST', path: '/Users', bulkId: 'first', data: scimUser }],
  },
  applyDocuments: {
    owner: 'platform/git',
    revision: '4f1c2a9',
    documents: [
      {
        apiVersion: 'gatehouse/v1',
        kind: 'Location',
        metadata: { name: '/EUW1' },
      },
      {
        apiVersion: 'gatehouse/v1',
        kind: 'Setting',
        metadata: { name: 'password-link-hours' },
        spec: { value: '48' },
      },
    ],
  },
  importEstate: {
    formatVersion: 1,
    locations: ['/USW1'],
    settings: [{ name: 'x-default-language', value: 'en', location: '/', shared: false }],
    environments: [
      { id: exampleEnvironmentId, ...environment, password: { ref: 'file:acme-config-server' } },
    ],
    contactCenters: [
      {
        id: exampleCenterId,
        environmentId: exampleEnvironmentId,
        domains: ['acme'],
        name: 'Acme',
        settings: [setting],
      },
    ],
  },
};
