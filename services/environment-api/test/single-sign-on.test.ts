import { clientSecretPlace } from '@gatehouse/contracts/environment-api';
import { createSecretBox } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;
let environmentId: string;
let id: string;

beforeAll(async () => {
  api = await startApi();
  environmentId = await api.environment();
});
beforeEach(async () => {
  id = await api.contactCenter({ environmentId });
});
afterAll(() => api.close());

const metadata =
  '<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example.com"/>';
const put = (protocol: string, data: Record<string, unknown>) =>
  api.call('PUT', `/contact-centers/${id}/${protocol}`, { payload: { data } });
const get = async (protocol: string, query = '') =>
  (await api.call('GET', `/contact-centers/${id}/${protocol}${query}`)).body.data;
const internal = (location: string) =>
  api.call('GET', `/internal/contact-centers/${id}/single-sign-on?location=${encodeURIComponent(location)}`, {
    headers: { authorization: api.authApi.token({ internal_client: true }) },
  });
const fieldsOf = (answer: { body: { errors: { status: { field: string } }[] } }) =>
  answer.body.errors.map(({ status }) => status.field);

describe('SAML', () => {
  it('is stored per location with defaults, merged field by field, and effective at the longest location', async () => {
    const first = await put('saml', {
      enabled: true,
      idpMetadataXml: metadata,
      accessGroups: ['Sales', 'Sales'],
    });
    expect(first.body.data).toMatchObject({
      location: '/',
      enabled: true,
      binding: 'post',
      accessGroups: ['Sales'],
      clockSkewSeconds: 60,
    });
    await put('saml', {
      location: '/USW1',
      enabled: true,
      idpMetadataUrl: 'https://idp.example.com/metadata',
    });
    const merged = await put('saml', { binding: 'redirect', clockSkewSeconds: '30' });
    expect(merged.body.data).toMatchObject({
      idpMetadataXml: metadata,
      binding: 'redirect',
      clockSkewSeconds: 30,
    });
    expect((await get('saml')).map(({ location }: { location: string }) => location)).toEqual(['/', '/USW1']);
    expect((await get('saml', '?location=/USW1/DC2'))[0].location).toBe('/USW1');
    expect((await get('saml', '?location=/EUW1'))[0].location).toBe('/');
    expect((await internal('/USW1')).body.data.saml).toMatchObject({ location: '/USW1', enabled: true });
  });

  it('refuses settings that there are not by their names: a misspelt one would leave something unasked for', async () => {
    const misspelt = await put('saml', { requireSignedResponses: true });
    expect(misspelt.status).toBe(400);
    expect(JSON.stringify(misspelt.body)).toContain('has no setting \\"requireSignedResponses\\"');
    const creating = await put('saml', { justInTimeCreation: true });
    expect(JSON.stringify(creating.body)).toContain(
      'people are created at their first sign-in by createPeople',
    );
  });

  it('takes metadata in one form: the new one takes the place of the other', async () => {
    await put('saml', { idpMetadataXml: metadata });
    const changed = await put('saml', { idpMetadataUrl: 'https://idp.example.com/metadata' });
    expect(changed.body.data.idpMetadataXml).toBeUndefined();
  });

  it.each([
    ['no metadata', { enabled: true }, 'data.idpMetadataUrl'],
    [
      'metadata in two forms',
      { idpMetadataXml: metadata, idpMetadataUrl: 'https://a.example' },
      'data.idpMetadataUrl',
    ],
    ['metadata over plain http', { idpMetadataUrl: 'http://idp.example.com/m' }, 'data.idpMetadataUrl'],
    ['metadata from a file', { idpMetadataUrl: 'file:///etc/passwd' }, 'data.idpMetadataUrl'],
    [
      'a document type',
      { idpMetadataXml: `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${metadata}` },
      'data.idpMetadataXml',
    ],
    ['something else', { idpMetadataXml: '<html/>' }, 'data.idpMetadataXml'],
    ['a certificate that is none', { idpMetadataCertificate: 'MIIB' }, 'data.idpMetadataCertificate'],
    ['no attribute', { userNameSource: 'attribute' }, 'data.userNameAttribute'],
    ['groups from nowhere', { createPeople: true, peopleGroups: ['Agents'] }, 'data.groupsAttribute'],
    ['groups for nobody', { groupsAttribute: 'groups', peopleGroups: ['Agents'] }, 'data.peopleGroups'],
    ['a mapping to nothing', { createPeople: true, peopleGroups: ['cc -> '] }, 'data.peopleGroups.0'],
    ['updates of nobody', { updatePeople: true }, 'data.updatePeople'],
    ['new people and access groups', { createPeople: true, accessGroups: ['Sales'] }, 'data.accessGroups'],
    [
      'new people by names that change',
      { createPeople: true, nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient' },
      'data.subjectAttribute',
    ],
    ['an unknown binding', { binding: 'artifact' }, 'data.binding'],
    ['a location that matches nothing', { location: '/NOWHERE' }, 'data.location'],
  ])('with %s is refused with the name of the field', async (_name, data, field) => {
    const answer = await put('saml', data);
    expect([answer.status, fieldsOf(answer)]).toEqual([400, [field]]);
  });

  it('keeps how people are created, and tells Auth API', async () => {
    const people = {
      ...{ createPeople: true, updatePeople: true, subjectAttribute: 'objectId', groupsAttribute: 'groups' },
      peopleGroups: ['Agents', 'cn=lead,ou=eu -> Supervisors'],
    };
    expect((await put('saml', people)).body.data).toMatchObject(people);
    expect((await internal('/')).body.data.saml).toMatchObject(people);
  });

  it('is deleted for one location', async () => {
    await put('saml', { location: '/USW1' });
    expect((await api.call('DELETE', `/contact-centers/${id}/saml?location=/USW1`)).status).toBe(200);
    expect((await api.call('DELETE', `/contact-centers/${id}/saml?location=/USW1`)).status).toBe(404);
    expect(await get('saml')).toEqual([]);
  });
});

describe('OpenID Connect', () => {
  const settings = {
    enabled: true,
    issuer: 'https://idp.example.com',
    clientId: 'gatehouse',
    clientSecret: 'idp-secret-93c1',
  };

  it('keeps its secret sealed for its own place, and shows it nowhere', async () => {
    const written = await put('oidc', settings);
    expect(written.body.data).toMatchObject({
      hasClientSecret: true,
      scopes: ['openid', 'profile', 'email'],
    });
    await put('oidc', { logout: true });
    const { oidc } = (await internal('/')).body.data;
    const box = createSecretBox(api.config.encryption.keys);
    expect(box.open(oidc.clientSecretEnvelope, clientSecretPlace(id, '/')).toString()).toBe(
      'idp-secret-93c1',
    );
    const list = await api.call('GET', `/contact-centers/${id}/oidc`);
    expect(list.text).not.toContain(oidc.clientSecretEnvelope);
    const audit = await api.call('GET', '/audit?entity=oidc');
    expect(audit.body.data.at(-1).changes.clientSecret).toEqual({ to: '[secret]' });
    for (const text of [written.text, list.text, audit.text, api.logged()])
      expect(text).not.toContain('idp-secret-93c1');
  });

  it('tells Auth API whether addresses count that nobody says to be verified: not until it is asked for', async () => {
    await put('oidc', { ...settings, userNameClaim: 'email' });
    const told = async () => (await internal('/')).body.data.oidc.assumeVerifiedEmail;

    expect(await told()).toBeUndefined();
    await put('oidc', { assumeVerifiedEmail: true });
    expect(await told()).toBe(true);
    expect(fieldsOf(await put('oidc', { assumeVerifiedEmail: 'perhaps' }))).toEqual([
      'data.assumeVerifiedEmail',
    ]);
  });

  it('takes what was read back as it is', async () => {
    await put('oidc', settings);
    const [read] = await get('oidc');
    const answer = await put('oidc', { ...read, logout: true });
    expect([answer.status, answer.body.data.hasClientSecret]).toEqual([200, true]);
  });

  // attack: stored secret sent to another issuer | CVE-2024-5967, CVE-2026-15943 | guard: services/environment-api/src/single-sign-on/service.ts
  it('sends no stored secret to another issuer', async () => {
    await put('oidc', settings);
    const refused = await put('oidc', { issuer: 'https://evil.example' });
    expect([refused.status, fieldsOf(refused)]).toEqual([400, ['data.clientSecret']]);
    expect((await put('oidc', { issuer: 'https://new.example', clientSecret: 'its-own' })).status).toBe(200);
    const without = await put('oidc', { clientSecret: null, tokenEndpointAuthMethod: 'none' });
    expect(without.body.data.hasClientSecret).toBe(false);
  });

  // attack: stored secret sent to an issuer that is only tried | CVE-2024-5967, CVE-2026-15943 | guard: services/environment-api/src/single-sign-on/service.ts
  it('is planned for a dry run by the same rules, and nothing is stored', async () => {
    const plan = (data: object) =>
      api.call('POST', `/internal/contact-centers/${id}/single-sign-on/oidc-plan`, {
        headers: { authorization: api.authApi.token({ internal_client: true }) },
        payload: { data },
      });
    await put('oidc', settings);
    const before = await get('oidc');
    const planned = (await plan({ logout: true })).body.data.oidc;
    expect(planned).toMatchObject({ issuer: settings.issuer, logout: true, location: '/' });
    expect(planned.clientSecretEnvelope).toEqual((await internal('/')).body.data.oidc.clientSecretEnvelope);
    const moved = await plan({ issuer: 'https://evil.example' });
    expect([moved.status, fieldsOf(moved)]).toEqual([400, ['data.clientSecret']]);
    expect(fieldsOf(await plan({ scopes: 'profile' }))).toEqual(['data.scopes']);
    expect((await plan({ issuer: 'https://new.example', clientSecret: 'its-own' })).status).toBe(200);
    expect(await get('oidc')).toEqual(before);
  });

  it.each([
    ['nothing but enabled', { enabled: true }, ['data.issuer', 'data.clientId', 'data.clientSecret']],
    ['no openid scope', { scopes: 'profile email' }, ['data.scopes']],
    ['an issuer with a query', { issuer: 'https://idp.example.com?x=1' }, ['data.issuer']],
    ['an issuer over plain http', { issuer: 'http://idp.example.com' }, ['data.issuer']],
    ['an empty secret', { clientSecret: '' }, ['data.clientSecret']],
  ])('with %s is refused with the names of the fields', async (_name, data, fields) => {
    const answer = await put('oidc', data);
    expect([answer.status, fieldsOf(answer)]).toEqual([400, fields]);
  });

  it('changes the version of its contact centre, which If-Match guards', async () => {
    const first = await put('oidc', settings);
    const same = await put('oidc', { enabled: true });
    expect(same.headers['etag']).toBe(first.headers['etag']);
    const stale = await api.call('PUT', `/contact-centers/${id}/oidc`, {
      headers: { 'if-match': '"1"' },
      payload: { data: { logout: true } },
    });
    expect(stale.status).toBe(412);
  });
});

it('is shown to Auth API with nothing in it when there is nothing', async () => {
  expect((await internal('/')).body.data).toEqual({ version: expect.any(Number) });
});
