import { type OpenIdProvider, startOpenIdProvider } from '@gatehouse/testing/identity-providers';
import { makeProviderKey } from '@gatehouse/testing/keys';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { idpMetadata } from '../../../auth-api/test/sign-in/sso/stack/saml-provider.ts';
import { localTrial } from '../../../auth-api/test/sign-in/sso/stack/sign-on.ts';
import { type Answer, formTo, type Person } from './person.ts';
import { people, type Stage, startStage } from './stage.ts';

let stage: Stage;
let provider: OpenIdProvider;
let person: Person;
/** Of the contact centre `demo`. */
let administrator: Person;
beforeAll(async () => {
  stage = await startStage({ authApiEnv: localTrial });
  person = await stage.installationAdministrator('office');
  administrator = await stage.contactCenterAdministrator();
  provider = await startOpenIdProvider({
    clients: [
      { client_id: 'gatehouse', client_secret: 'right-secret-4711', redirect_uris: ['https://a.example/'] },
    ],
  });
});
afterAll(() => Promise.all([stage?.close(), provider?.close()]));

const pathOf = (id = stage.contactCenterId) => `/auth/console/contact-centers/${id}/single-sign-on`;
const setUp = (protocol: string, id = stage.contactCenterId, location = '/') =>
  `${pathOf(id)}/set-up?${new URLSearchParams({ protocol, location })}`;

const follow = (by: Person, page: Answer, label: string) => {
  const link = page.links.find(({ text }) => text === label);
  if (link === undefined) throw new Error(`no link ${label} at ${page.path}`);
  return by.open(link.href);
};

const another = () =>
  stage.environmentApi.contactCenter({ environmentId: stage.environmentId, name: 'Harbour' });

it('shows our addresses before anything is stored, and gives our metadata', async () => {
  const add = await follow(person, await person.open(pathOf()), 'Set up single sign-on');
  const page = await person.submit(add, `${pathOf()}/add`, { protocol: 'saml', location: '/' });
  const entityId = `${stage.publicUrl}/auth/v3/saml/${stage.contactCenterId}/-`;
  expect(page.text).toContain(`${entityId}/acs`);
  const metadata = page.links.find(({ href }) => href === `${entityId}/metadata`);
  const document = await person.request(metadata?.href ?? '');
  expect(await document.text()).toContain(`entityID="${entityId}"`);
  const wrong = await person.submit(add, `${pathOf()}/add`, { location: 'no path' });
  expect(wrong).toMatchObject({ status: 400, fieldProblems: { location: expect.stringContaining('/USW1') } });
});

it('names the locations that there are, and refuses another one before the settings are typed', async () => {
  const add = await person.open(`${pathOf()}/add`);
  expect(add.html).toMatch(
    /list="field-location-list".*<datalist id="field-location-list"><option value="\/">/s,
  );
  const unknown = await person.submit(add, `${pathOf()}/add`, { location: '/Nowhere' });
  expect(unknown.fieldProblems).toEqual({ location: expect.stringContaining('it is not declared') });
});

it.each([
  ['oidc', 'entra', { issuer: 'https://login.microsoftonline.com/{tenant-id}/v2.0', userLookup: 'email' }],
  ['oidc', 'google', { issuer: 'https://accounts.google.com', userNameClaim: 'email' }],
  ['oidc', 'adfs', { issuer: 'https://{host}/adfs', userNameClaim: 'upn' }],
  ['saml', 'keycloak', { idpMetadataUrl: 'https://{host}/realms/{realm}/protocol/saml/descriptor' }],
  [
    'saml',
    'okta',
    { idpMetadataUrl: 'https://{organization}.okta.com/app/{application-id}/sso/saml/metadata' },
  ],
])(
  'fills new settings (%s) for %s, and asks for the parts that nobody but the person knows',
  async (protocol, preset, filled) => {
    const id = await another();
    const address = setUp(protocol, id).replace('set-up', 'settings');
    const plain = await person.open(address);
    const chosen = await person.open(
      plain.links.find(({ href }) => href.includes(`preset=${preset}`))?.href ?? '',
    );
    expect(chosen.forms.at(-1)?.fields).toMatchObject(filled);
    const parts = Object.values(filled)[0]
      ?.match(/\{[a-z-]+\}/g)
      ?.join(', ');
    const [, asked] = /Replace (.+) by your own value/.exec(chosen.text) ?? [];
    expect([plain.text, asked]).toEqual([
      expect.stringContaining('Choose your identity provider first'),
      parts,
    ]);
    const saved = await person.submit(chosen, `${pathOf(id)}/settings`, { clientId: 'gatehouse' });
    const [name, value = ''] = Object.entries(filled)[0] ?? [];
    if (!value.includes('{')) return expect(saved.message).toBe('The settings are saved');
    expect(saved.fieldProblems[name ?? '']).toBe(`Replace ${parts} by your own value.`);
  },
);

it('an administrator of a contact centre goes through the four steps, and people sign in by it', async () => {
  const empty = await administrator.open(setUp('oidc'));
  expect(empty.text).toContain(`/auth/v3/sso/oidc/callback/${stage.contactCenterId}/-`);
  const form = await follow(administrator, empty, 'Enter settings');
  const saved = await administrator.submit(form, `${pathOf()}/settings`, {
    issuer: provider.issuer,
    clientId: 'gatehouse',
    clientSecret: 'right-secret-4711',
    passwordUsers: 'admin\nsupervisor',
  });
  expect(saved.message).toBe('The settings are saved');
  const again = await follow(administrator, saved, 'Change settings');
  expect(again.text).toContain('One is stored');
  expect(again.html).not.toContain('right-secret-4711');
  const checked = await administrator.submit(saved, `${pathOf()}/check`, { userName: 'agent' });
  expect(checked.text).toContain('Every check passed');
  expect(checked.text).toMatch(/Discovery passed .* Client secret passed .* Find the person passed/);
  const question = await follow(administrator, saved, 'Enable');
  expect(question.text).toContain('A password is refused, except for the accounts below');
  expect(question.text).toContain('admin, supervisor');
  const enabled = await administrator.submit(question, `${pathOf()}/enable`);
  expect(enabled.message).toBe('Single sign-on is enabled');
  const begun = async () => (await stage.newPerson().request('/auth/v3/sso/start?tenant=demo')).headers;
  await expect
    .poll(async () => (await begun()).get('location'), { timeout: 5_000 })
    .toContain(provider.issuer);
  expect((await person.open(pathOf())).rows).toMatchObject([
    { Protocol: 'OpenID Connect', 'Identity provider': provider.issuer, State: 'Enabled' },
  ]);
  const off = await follow(administrator, enabled, 'Disable');
  expect(off.text).toContain('Everybody signs in by password again');
  const disabled = await administrator.submit(off, `${pathOf()}/disable`);
  expect(disabled.message).toBe('Single sign-on is disabled');
});

it('signs an administrator in as a test, and shows what came', async () => {
  const id = await another();
  const path = `/contact-centers/${id}/oidc`;
  const data = {
    issuer: provider.issuer,
    clientId: 'gatehouse',
    clientSecret: 'right-secret-4711',
    location: '/',
  };
  await stage.environmentApi.call('PUT', path, { payload: { data } });
  const page = await follow(person, await person.open(setUp('oidc', id)), 'Sign in as a test');
  expect(page.text).toContain('nobody gets a session');
  const go = page.links.find(({ text }) => text === 'Go to the identity provider')?.href ?? '';
  const leaving = await person.request(go);
  const at = new URL(leaving.headers.get('location') ?? '');
  expect(at.href).toContain(provider.issuer);
  const answer = { state: at.searchParams.get('state') ?? '', error: 'access_denied', iss: provider.issuer };
  const back = await person.open(`${at.searchParams.get('redirect_uri')}?${new URLSearchParams(answer)}`);
  expect(back.heading).toBe('Result of the sign-in as a test');
  expect(back.text).toMatch(/A sign-in is refused\. .* The answer failed .*access_denied/);
  expect((await person.open(back.path)).heading).toBe(back.heading);
  const expired = await person.open(`${pathOf(id)}/trial?protocol=oidc&location=%2F&result=gone`);
  expect(expired.text).toContain('Go to the identity provider');
  const elsewhere = await person.open(`${pathOf(id)}/trial?protocol=saml&location=%2F`);
  expect(elsewhere.text).toContain('These settings could not be tried');
});

it('tests what the form holds before it is saved, and stores nothing', async () => {
  const id = await another();
  const action = `${pathOf(id)}/settings`;
  const form = await person.open(setUp('oidc', id).replace('set-up', 'settings'));
  const typed = { issuer: provider.issuer, clientId: 'gatehouse', trial: 'true' };
  const good = await person.submit(form, action, { ...typed, clientSecret: 'right-secret-4711' });
  expect(good.text).toMatch(/Nothing is saved: .* Every check passed .* Client secret passed/);
  const bad = await person.submit(form, action, { ...typed, clientSecret: 'wrong' });
  expect(bad.text).toMatch(/Client secret failed .* does not accept Gatehouse as its client/);
  const german = await person.request(action, {
    method: 'POST',
    headers: { 'accept-language': 'de' },
    body: new URLSearchParams({ ...formTo(form, action).fields, ...typed, clientSecret: 'wrong' }),
  });
  expect(await german.text()).toContain('nimmt Gatehouse nicht als Client an');
  const path = `/contact-centers/${id}/oidc`;
  expect((await stage.environmentApi.call('GET', path)).body.data).toEqual([]);
  const data = { ...typed, clientSecret: 'right-secret-4711', location: '/', trial: undefined };
  await stage.environmentApi.call('PUT', path, { payload: { data } });
  const moved = await person.submit(form, action, { ...typed, issuer: 'https://evil.example' });
  expect(moved.fieldProblems).toEqual({ clientSecret: expect.stringContaining('send clientSecret again') });
  expect((await person.submit(form, action, { ...typed, logout: 'true' })).text).toContain('goes on to');
});

it('keeps a secret that is not typed, and every setting of a form that is sent as it is', async () => {
  const id = await another();
  const address = setUp('oidc', id).replace('set-up', 'settings');
  const stored = {
    issuer: provider.issuer,
    clientId: 'gatehouse',
    clientSecret: 'right-secret-4711',
    accessGroups: ['Agents', 'Night shift'],
    scopes: ['openid', 'email'],
    responseMode: 'form_post',
    prompt: 'login',
    userInfo: true,
    strongContext: 'mfa',
  };
  const path = `/contact-centers/${id}/oidc`;
  await stage.environmentApi.call('PUT', path, { payload: { data: { ...stored, location: '/' } } });
  const before = await stage.environmentApi.call('GET', path);
  await person.submit(await person.open(address), `${pathOf(id)}/settings`);
  const { body } = await stage.environmentApi.call('GET', path);
  expect(before.body.data).toMatchObject([{ prompt: 'login', hasClientSecret: true }]);
  const lists = { passwordUsers: [], requiredGroups: [], phishingResistantContexts: [] };
  const shown = { assumeVerifiedEmail: false, ...lists };
  expect(body.data).toEqual([{ ...before.body.data[0], ...shown }]);
});

it('takes pasted metadata, and says beside the field what is wrong with it', async () => {
  const id = await another();
  const form = await person.open(setUp('saml', id).replace('set-up', 'settings'));
  const action = `${pathOf(id)}/settings`;
  expect(form.html).toContain('type="file" autocomplete="off" aria-describedby="idpMetadataXmlFile-hint"');
  const wrong = await person.submit(form, action, { idpMetadataXml: '<html/>', accessGroups: 'Agents' });
  expect(wrong).toMatchObject({
    status: 400,
    fieldProblems: { idpMetadataXml: expect.stringContaining('EntityDescriptor') },
  });
  // Longer than any other form may be.
  const xml = idpMetadata([await makeProviderKey()]).replace('</', `<!--${'x'.repeat(100_000)}--></`);
  const saved = await person.submit(wrong, action, { idpMetadataXml: xml });
  expect(saved.message).toBe('The settings are saved');
  const question = await follow(person, saved, 'Enable');
  expect(question.text).toContain('Members of Agents sign in through the identity provider');
  expect(question.text).toContain('No account keeps its password');
});

it('says what is missing where settings cannot be enabled', async () => {
  const id = await another();
  const form = await person.open(setUp('oidc', id).replace('set-up', 'settings'));
  const saved = await person.submit(form, `${pathOf(id)}/settings`, { issuer: provider.issuer });
  const refused = await person.submit(await follow(person, saved, 'Enable'), `${pathOf(id)}/enable`);
  expect(refused.status).toBe(400);
  expect(refused.message).toContain('clientId');
  const gone = await person.submit(await follow(person, saved, 'Delete'), `${pathOf(id)}/delete`);
  expect(gone).toMatchObject({ path: pathOf(id), message: 'The settings are deleted' });
  expect(gone.text).toContain('Everybody signs in by password');
});

it('shows both sides where somebody else was faster, and tells that a typed secret is not kept', async () => {
  const id = await another();
  const address = setUp('oidc', id).replace('set-up', 'settings');
  const [mine, theirs] = [await person.open(address), await person.open(address)];
  const action = `${pathOf(id)}/settings`;
  await person.submit(theirs, action, { issuer: provider.issuer, clientId: 'theirs' });
  const comparison = await person.submit(mine, action, {
    issuer: provider.issuer,
    clientId: 'mine',
    clientSecret: 'typed-secret-0815',
  });
  expect(comparison).toMatchObject({ status: 412, heading: 'Somebody else was faster' });
  expect(comparison.message).toMatch(/^Not kept: Client secret. Enter it once more/);
  expect(comparison.html).not.toContain('typed-secret-0815');
  expect((await person.submit(comparison, action)).message).toBe('The settings are saved');
  expect((await person.open(address)).html).toContain('value="mine"');
});

it('is closed to administrators of another contact centre and to people without a right', async () => {
  const id = await another();
  expect((await administrator.open(pathOf(id))).status).toBe(404);
  expect((await administrator.open(setUp('saml', id))).status).toBe(404);
  expect((await stage.newPerson().openAs(pathOf(), people.agent)).status).toBe(403);
});
