import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { passwordPlace } from '@gatehouse/contracts/environment-api';
import { nameProblem } from '@gatehouse/contracts/values';
import { createSecretBox, randomUuid } from '@gatehouse/service-kit/crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { environmentBody, type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-import-'));
  api = await startApi({ env: { GATEHOUSE_IMPORT_SECRETS_FOLDER: folder } });
});
beforeEach(() => put({ formatVersion: 1, environments: [], contactCenters: [] }));
afterAll(async () => {
  await api.close();
  await rm(folder, { recursive: true });
});

const put = (document: object, query = '', headers: Record<string, string> = { 'if-match': '*' }) =>
  api.call('PUT', `/import${query}`, { payload: document, headers });
const read = async () => (await api.call('GET', '/export')).body;
const environment = (fields: Record<string, unknown> = {}) => ({
  id: randomUuid(),
  ...environmentBody(fields),
});
const center = (environmentId: string, fields: Record<string, unknown> = {}) => ({
  id: randomUuid(),
  environmentId,
  domains: [`d-${randomUuid()}`],
  ...fields,
});
async function passwordOf(id: string) {
  const { rows } = await api.pool.query('SELECT password FROM environment.environments WHERE id = $1', [id]);
  return createSecretBox(api.config.encryption.keys).open(rows[0].password, passwordPlace(id)).toString();
}

describe('an import', () => {
  it('needs to say what it replaces, and is refused when that has changed', async () => {
    const document = await read();
    expect((await put(document, '', {})).status).toBe(428);
    const { etag } = (await api.call('GET', '/export')).headers;
    await api.environment();
    expect((await put(document, '', { 'if-match': etag as string })).status).toBe(412);
  });

  it('is done as a whole or not at all', async () => {
    const good = environment();
    const before = await read();
    const answer = await put({
      formatVersion: 1,
      environments: [good],
      contactCenters: [center(good.id), center(randomUuid())],
    });
    expect(answer.status).toBe(400);
    expect(await read()).toEqual(before);
  });

  it('tells in a dry run what it would change, and writes nothing', async () => {
    const present = await api.environment();
    const before = await api.call('GET', '/export');
    const added = environment();
    const dry = await put(
      { formatVersion: 1, environments: [added], contactCenters: [center(added.id)] },
      '?dryRun=true',
    );
    expect(dry.status).toBe(200);
    expect(
      dry.body.data.changes.map((one: { action: string; entity: string }) => `${one.action} ${one.entity}`),
    ).toEqual(['create environment', 'create contact-center', 'delete environment']);
    expect(dry.body.data.changes.at(-1).id).toBe(present);
    const called = dry.body.data.changes.map((one: { name?: string }) => one.name);
    expect(called.every((name: unknown) => typeof name === 'string' && name !== present)).toBe(true);
    expect(dry.text).not.toContain(added.password);
    const after = await api.call('GET', '/export');
    expect([after.text, after.headers['etag']]).toEqual([before.text, before.headers['etag']]);
    expect(dry.headers['etag']).toBe(after.headers['etag']);
  });

  it('moves domains between contact centres, both ways at once', async () => {
    const home = environment();
    const [left, right] = [center(home.id, { domains: ['left'] }), center(home.id, { domains: ['right'] })];
    await put({ formatVersion: 1, environments: [home], contactCenters: [left, right] });
    const document = await read();
    document.contactCenters[0].domains = ['right'];
    document.contactCenters[1].domains = ['left'];
    expect((await put(document)).status).toBe(200);
    expect((await read()).contactCenters.map(({ domains }: { domains: string[] }) => domains)).toEqual([
      ['right'],
      ['left'],
    ]);
  });

  it('takes settings of a release that knew no names, and says which nothing reads', async () => {
    const home = environment();
    const settings = [
      { name: 'voice.codec', value: 'opus' },
      { name: 'x-own', value: '1' },
    ];
    const owner = center(home.id, { settings: [{ name: 'recording.days', value: '9' }] });
    const of = (more: object[]) => ({
      formatVersion: 1,
      environments: [home],
      contactCenters: [owner],
      settings: [...settings, ...more],
    });
    const dry = await put(of([]), '?dryRun=true');
    expect(dry.body.data.warnings).toMatchObject([
      { field: 'settings.0.name', value: 'voice.codec' },
      { field: 'contactCenters.0.settings.0.name', value: 'recording.days' },
    ]);
    expect((await put(of([]))).status).toBe(200);
    // An export of them is imported as it is.
    expect((await put(await read())).status).toBe(200);
    for (const [wrong, field, message] of [
      [{ name: 'cors-orgins', value: 'https://a.example' }, 'settings.2.name', 'did you mean cors-origins?'],
      [{ name: 'password-link-hours', value: 'long' }, 'settings.2.value', 'a whole number from 1 to 168'],
      [{ name: 'cors-origins', value: '*' }, 'settings.2.value', 'is no origin'],
    ] as const) {
      for (const query of ['', '?dryRun=true']) {
        const answer = await put(of([wrong]), query);
        expect([answer.status, answer.body.errors[0].status.field]).toEqual([400, field]);
        expect(answer.body.status.message).toContain(message);
      }
    }
  });

  it('says of a new contact centre that its people set their second factors up here, and how', async () => {
    const home = environment();
    const factorsOf = (secondFactor: object) => center(home.id, { name: 'North', secondFactor });
    const centers = [
      factorsOf({ mode: 'required' }),
      factorsOf({ mode: 'offered' }),
      factorsOf({ requiredRoles: ['ROLE_ADMIN'], enrolmentGraceDays: 0 }),
      factorsOf({ rememberDays: 7 }),
    ];
    const document = { formatVersion: 1, environments: [home], contactCenters: centers };
    const dry = await put(document, '?dryRun=true');
    const keys = dry.body.data.warnings.map((warning: { field: string; sentences: { key: string }[] }) => [
      warning.field,
      warning.sentences[0]?.key,
    ]);
    expect(keys).toEqual([
      ['contactCenters.0.secondFactor', 'warning.factors.inGrace'],
      ['contactCenters.1.secondFactor', 'warning.factors.notHeld'],
      ['contactCenters.2.secondFactor', 'warning.factors.invited'],
    ]);
    expect(dry.body.data.warnings[0].message).toContain('people of North set theirs up here');
    expect((await put(document)).body.data.warnings).toHaveLength(3);
    // Those of a contact centre that is here already stay here.
    expect((await put(await read())).body.data.warnings).toEqual([]);
  });

  it('moves names between environments, also of one that ends, and keeps those that it does not have', async () => {
    const [left, right, end] = ['left', 'right', 'end'].map((name) => environment({ name }));
    const of = (...environments: unknown[]) => ({ formatVersion: 1, environments, contactCenters: [] });
    await put(of(left, right, end));
    expect((await put(of({ ...left, name: 'Right' }, { ...right, name: 'end' }))).status).toBe(200);
    const names = async () => (await read()).environments.map(({ name }: { name: string }) => name);
    expect(await names()).toEqual(['Right', 'end']);
    expect((await put(of({ ...left, name: undefined }, { ...right, name: undefined }))).status).toBe(200);
    expect(await names()).toEqual(['Right', 'end']);
    const twice = await put(of({ ...left, name: 'one' }, { ...right, name: 'ONE' }));
    expect([twice.status, twice.body.errors[0].status.field]).toEqual([409, 'data.name']);
    expect(await names()).toEqual(['Right', 'end']);
  });

  it('takes away every setting of single sign-on that the document does not have', async () => {
    const used = environment();
    const owner = center(used.id);
    const bare = { saml: [{ location: '/' }], oidc: [{ location: '/' }] };
    const shared = {
      passwordUsers: ['emergency'],
      strongContext: 'mfa',
      phishingResistantContexts: ['phr'],
      userNameDomain: 'corp.example',
    };
    const idp = 'https://idp.example.com';
    const full = {
      saml: [{ location: '/', ...shared, requiredGroups: ['agents'], groupsAttribute: 'groups' }],
      oidc: [
        {
          location: '/',
          ...shared,
          requiredGroups: ['agents'],
          groupsClaim: 'groups',
          issuer: idp,
          authorizationEndpoint: idp,
          tokenEndpoint: idp,
          jwksUri: idp,
          clientId: 'us',
          assumeVerifiedEmail: true,
          userInfo: true,
          responseMode: 'form_post',
        },
      ],
    };
    const importAs = async (signOn: object) => {
      const contactCenters = [{ ...owner, ...signOn }];
      const answer = await put({ formatVersion: 1, environments: [used], contactCenters });
      expect([answer.status, answer.status === 200 ? '' : answer.text]).toEqual([200, '']);
      return (await read()).contactCenters[0];
    };
    const before = await importAs(bare);

    expect((await importAs(full)).oidc[0]).toMatchObject({ assumeVerifiedEmail: true, ...shared });

    expect(await importAs(bare)).toEqual(before);
  });

  it('reads and gives YAML', async () => {
    await api.contactCenter();
    const yaml = await api.call('GET', '/export', { headers: { accept: 'application/yaml' } });
    expect(yaml.headers['content-type']).toMatch(/^application\/yaml/);
    expect(parse(yaml.text)).toEqual(await read());
    const back = await api.call('PUT', '/import', {
      payload: yaml.text,
      headers: { 'content-type': 'application/yaml', 'if-match': yaml.headers['etag'] as string },
    });
    expect(back.body.data.changes).toEqual([]);
    const broken = await api.call('PUT', '/import', {
      payload: 'a: [1',
      headers: { 'content-type': 'application/yaml', 'if-match': '*' },
    });
    expect([broken.status, broken.body.errors[0].status.field]).toEqual([400, 'body']);
  });

  it('names the place of what is wrong', async () => {
    const twice = environment();
    const answer = await put({ formatVersion: 1, environments: [twice, twice], contactCenters: [{}] });
    expect(answer.status).toBe(400);
    const fields = answer.body.errors.map(({ status }: { status: { field: string } }) => status.field);
    expect(fields).toContain('contactCenters.0.environmentId');
  });

  it('is for those who may write all, an export for those who may read all', async () => {
    const headers = {
      authorization: api.authApi.token({
        contact_center_ids: [randomUuid()],
        authorities: ['ROLE_MANAGEMENT_APPLICATION'],
      }),
    };
    expect((await api.call('GET', '/export', { headers })).status).toBe(403);
    expect((await put(await read(), '', { ...headers, 'if-match': '*' })).status).toBe(403);
  });
});

describe('secrets', () => {
  it('are references in an export; where they lead nowhere, what is stored stays', async () => {
    const id = await api.environment({ password: 'kept-password-1' });
    const exported = await api.call('GET', '/export');
    expect(exported.text).not.toContain('kept-password-1');
    expect(exported.text).not.toMatch(/v1\.first\./);
    const answer = await put(exported.body);
    expect(answer.body.data).toMatchObject({
      changes: [],
      keptSecrets: [exported.body.environments[0].password.ref],
    });
    expect(await passwordOf(id)).toBe('kept-password-1');
  });

  it('come from variables and files that were made for it', async () => {
    const fromVariable = environment({ password: { ref: 'env:GATEHOUSE_IMPORT_TEST_PASSWORD' } });
    const fromFile = environment({ password: { ref: 'file:cs-password' } });
    const document = { formatVersion: 1, environments: [fromVariable, fromFile], contactCenters: [] };
    const refused = await put(document);
    expect([refused.status, refused.body.errors[0].status.field]).toEqual([400, 'environments.0.password']);
    process.env['GATEHOUSE_IMPORT_TEST_PASSWORD'] = 'from-variable';
    onTestFinished(() => void delete process.env['GATEHOUSE_IMPORT_TEST_PASSWORD']);
    await writeFile(join(folder, 'cs-password'), 'from-file\n');
    expect((await put(document)).status).toBe(200);
    expect([await passwordOf(fromVariable.id), await passwordOf(fromFile.id)]).toEqual([
      'from-variable',
      'from-file',
    ]);
    expect((await put(document)).body.data.changes).toEqual([]);
  });

  it.each([
    'env:GATEHOUSE_ENCRYPTION_KEYS',
    'env:HOME',
    'file:../secret',
    'file:/etc/passwd',
    'http://evil.example',
    'x',
  ])('are not read from %s', async (ref) => {
    const answer = await put({
      formatVersion: 1,
      environments: [environment({ password: { ref } })],
      contactCenters: [],
    });
    expect([answer.status, answer.body.errors[0].status.field]).toEqual([400, 'environments.0.password']);
  });
});

const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((text) => !/\p{Cc}/u.test(text));
/** By which people decide, as the one of a contact centre. */
const honestName = name.filter((text) => nameProblem(text) === undefined);
const location = fc.constantFrom('/', '/USW1', '/USW1/DC2', '/EUW1');
const settings = fc.uniqueArray(
  fc.record({
    name,
    value: fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
    location,
    shared: fc.boolean(),
  }),
  { maxLength: 4, selector: (one) => `${one.name} ${one.location}` },
);
const estates = fc
  .record({
    settings,
    environments: fc.array(
      fc.record({ username: name, tenant: name, localTimeout: fc.integer({ min: 0, max: 3600 }) }),
      { minLength: 1, maxLength: 3 },
    ),
    contactCenters: fc.array(
      fc.record({
        name: honestName,
        status: fc.constantFrom('active', 'disabled'),
        settings,
        saml: fc.uniqueArray(
          fc.record({ location, clockSkewSeconds: fc.integer({ min: 0, max: 300 }), logout: fc.boolean() }),
          { maxLength: 2, selector: (one) => one.location },
        ),
        oidc: fc.uniqueArray(
          fc.record({
            location,
            issuer: fc.constant('https://idp.example.com'),
            clientSecret: fc.constantFrom('one', 'two'),
          }),
          { maxLength: 2, selector: (one) => one.location },
        ),
      }),
      { maxLength: 4 },
    ),
  })
  .map((estate) => {
    const environments = estate.environments.map((fields) => environment(fields));
    return {
      formatVersion: 1,
      locations: ['/EUW1', '/USW1', '/USW1/DC2'],
      settings: estate.settings,
      environments,
      contactCenters: estate.contactCenters.map((fields, index) =>
        center(environments[index % environments.length]?.id ?? '', fields),
      ),
    };
  });

it('an estate that is imported, exported and imported again is the same, from any state before', async () => {
  await fc.assert(
    fc.asyncProperty(estates, async (estate) => {
      const first = await put(estate);
      expect([first.status, first.status === 200 ? '' : first.text]).toEqual([200, '']);
      const exported = await read();
      expect(exported.environments).toHaveLength(estate.environments.length);
      const bySetting = (list: { name: string; location: string }[]) =>
        list.map((one) => JSON.stringify([one.name, one.location])).sort();
      expect(bySetting(exported.settings)).toEqual(bySetting(estate.settings));
      for (const wanted of estate.contactCenters) {
        const found = exported.contactCenters.find(({ id }: { id: string }) => id === wanted.id);
        expect(found).toMatchObject({ domains: wanted.domains, environmentId: wanted.environmentId });
      }
      expect((await put(exported, '?dryRun=true')).body.data.changes).toEqual([]);
      expect((await put(exported)).body.data.changes).toEqual([]);
      expect(await read()).toEqual(exported);
    }),
    { numRuns: 25 },
  );
}, 60_000);
