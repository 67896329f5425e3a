/** People whom their first sign-in at an identity provider creates in the people store, and who follow it from then on. */
import type { SsoCheck, SsoTrial } from '@gatehouse/contracts/auth-administration';
import { makeProviderKey } from '@gatehouse/testing/keys';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type AuthApi,
  contactCenterId,
  environmentId,
  publicUrl,
  startAuthApi,
} from '../../stack/auth-api.ts';
import { createBrowser } from '../../stack/browser.ts';
import { opsCall } from '../../stack/oauth.ts';
import { changePerson, usePeopleStore } from '../../stack/people-store.ts';
import { type HostileProvider, startHostileProvider } from './stack/hostile-provider.ts';
import { comeBackHonestly, leave } from './stack/saml-journey.ts';
import { idpEntityId, idpMetadata, type ResponseFacts } from './stack/saml-provider.ts';
import { callbackUri, localTrial, setSignOn } from './stack/sign-on.ts';

let stack: AuthApi;
let provider: HostileProvider;

beforeAll(async () => {
  [stack, provider] = await Promise.all([startAuthApi({ env: localTrial }), startHostileProvider()]);
});
afterAll(() => Promise.all([stack?.close(), provider?.close()]));
beforeEach(async () => {
  provider.behave();
  const { people } = stack.environmentApi;
  people.refuses = undefined;
  people.changes = undefined;
  people.provided.clear();
  people.askedFor.length = 0;
  await usePeopleStore(stack, [{ userName: 'agent' }]);
  await setSignOn(stack, {
    oidc: { issuer: provider.issuer, clientId: 'gatehouse', createPeople: true },
    clientSecret: 'provider-secret',
  });
});

const people = () => stack.environmentApi.people.persons.get(environmentId) ?? [];

async function signIn(claims: Record<string, unknown> = {}) {
  provider.lies = { claims: { preferred_username: 'newcomer', ...claims } };
  return finish(createBrowser(stack.app), '/auth/v3/sso/start?tenant=demo');
}

async function finish(browser: ReturnType<typeof createBrowser>, address: string) {
  const { searchParams } = new URL((await browser.get(address)).location ?? '');
  const answer = { state: searchParams.get('state') ?? '', code: searchParams.get('nonce') ?? '' };
  return (await browser.get(`${callbackUri}?${new URLSearchParams(answer)}`)).location ?? '';
}

async function lastEvent(name: string) {
  await stack.deps.audit.drained();
  const answer = await opsCall(stack, 'GET', `/auth/v3/ops/audit?name=${name}&limit=1`);
  return answer.json<{ data: { fields: object }[] }>().data[0];
}

it('creates the person, opens the session, and leaves the event person_created; then finds them by the subject', async () => {
  const claims = {
    given_name: 'Ada',
    family_name: 'Lovelace',
    email: 'ada@example.com',
    email_verified: true,
  };
  expect(await signIn(claims)).toBe(`${publicUrl}/auth/signed-in.html`);
  expect(people().at(-1)).toMatchObject({
    ...{ userName: 'newcomer', firstName: 'Ada', lastName: 'Lovelace', email: 'ada@example.com' },
  });
  expect(await lastEvent('person_created')).toMatchObject({
    outcome: 'success',
    contactCenterId,
    fields: { userName: 'newcomer', method: 'oidc', location: '/' },
  });
  expect(await signIn({ preferred_username: 'renamed' })).toBe(`${publicUrl}/auth/signed-in.html`);
  expect(people()).toHaveLength(2);
  expect(await lastEvent('login_succeeded')).toMatchObject({ fields: { userName: 'newcomer' } });
});

// attack: address of somebody else in a new account, by a provider that has not verified it | CWE-345, OpenID Core 5.7 | guard: services/auth-api/src/sign-in/sso/oidc/relying-party.ts
it('takes no address that the provider has not verified', async () => {
  await signIn({ email: 'boss@example.com', email_verified: false });
  expect(people().at(-1)).not.toHaveProperty('email');
});

it('leaves out names that the people store refuses, and lets the person in', async () => {
  const [invisible, half] = ['Ada\u200b', '\ud800'];
  expect(
    await signIn({ given_name: invisible, family_name: half, email: 'a\u202eb', email_verified: true }),
  ).toBe(`${publicUrl}/auth/signed-in.html`);
  const [asked] = stack.environmentApi.people.askedFor;
  for (const field of ['firstName', 'lastName', 'email']) expect(asked).not.toHaveProperty(field);
});

// attack: sign in as a person of the store by a name that nobody linked | CWE-287 | guard: services/auth-api/src/sign-in/sso/login/find-person.ts
it.each([
  ['taken', 'person_name_taken'],
  ['deleted', 'person_deleted'],
  ['limit', 'too_many_new_people'],
] as const)('lets nobody in whom the store answers with %s', async (outcome, reason) => {
  stack.environmentApi.people.refuses = outcome;
  expect(await signIn({ preferred_username: 'agent' })).toContain('/auth/sign-in.html?error=sso_no_account');
  expect(await lastEvent('login_failed')).toMatchObject({ fields: { reason, userName: 'agent' } });
});

it('lets nobody in whom an administrator has disabled, and creates nobody in their place', async () => {
  await signIn();
  const created = people().at(-1);
  if (created === undefined) throw new Error('nobody was created');
  await changePerson(stack, created, { isActive: false });
  expect(await signIn()).toContain('error=sso_no_account');
  expect(await lastEvent('login_failed')).toMatchObject({ fields: { reason: 'person_disabled' } });
  expect(people()).toHaveLength(2);
});

// attack: the name of a person goes to another one between two questions | CWE-367 | guard: services/auth-api/src/sign-in/sso/login/find-person.ts
it('lets nobody in as another person who has the name by now', async () => {
  const [agent] = people();
  stack.environmentApi.people.provided.set(`${provider.issuer} subject`, agent?.dbid ?? 0);
  people().unshift({ ...(agent as NonNullable<typeof agent>), dbid: 99 });
  Object.assign(people()[1] ?? {}, { isActive: false });
  expect(await signIn()).toContain('error=sso_no_account');
  expect(await lastEvent('login_failed')).toMatchObject({ fields: { reason: 'person_unknown' } });
});

it('says in a sign-in as a test that the person would be created, and creates nobody', async () => {
  const trials = `/auth/v3/ops/contact-centers/${contactCenterId}/sso-trials`;
  const begun = await opsCall(stack, 'POST', trials, { data: { protocol: 'oidc', location: '/' } });
  provider.lies = { claims: { preferred_username: 'newcomer' } };
  const { address } = begun.json<{ data: { address: string } }>().data;
  const page = await finish(createBrowser(stack.app), address);
  const result = new URL(page).searchParams.get('result');
  const trial = (await opsCall(stack, 'GET', `${trials}/${result}`)).json<{ data: SsoTrial }>().data;
  expect(trial.ok).toBe(true);
  expect(trial.steps.find(({ step }) => step === 'person')).toMatchObject({
    sentences: [{ key: 'signOn.trial.new', parameters: { userName: 'newcomer' } }],
  });
  expect(people()).toHaveLength(1);
});

it('says the same in a dry run with a name that nobody has', async () => {
  const path = `/auth/v3/ops/contact-centers/${contactCenterId}/sso-check`;
  const { protocols } = (await opsCall(stack, 'POST', path, { data: { userName: 'newcomer' } })).json<{
    data: SsoCheck;
  }>().data;
  expect(protocols[0]?.steps.find(({ step }) => step === 'person')).toMatchObject({
    status: 'ok',
    sentences: [{ key: 'signOn.trial.new', parameters: { userName: 'newcomer' } }],
  });
});

it('says where the people of the contact centre are not in the people store', async () => {
  stack.environmentApi.people.persons.clear();
  await signIn();
  expect(await lastEvent('login_failed')).toMatchObject({ fields: { reason: 'settings_incomplete' } });
});

describe('people in step with the identity provider', () => {
  const use = (oidc: object) =>
    setSignOn(stack, {
      oidc: {
        ...{ issuer: provider.issuer, clientId: 'gatehouse', createPeople: true, groupsClaim: 'groups' },
        ...oidc,
      },
      clientSecret: 'provider-secret',
    });

  it('asks that a person follows, and leaves the event person_updated without what was written', async () => {
    await use({ updatePeople: true });
    await signIn({ given_name: 'Ada' });
    const { people: store } = stack.environmentApi;
    store.changes = { fields: ['firstName'], joined: ['Agents'], left: [] };
    expect(await signIn({ given_name: 'Augusta' })).toBe(`${publicUrl}/auth/signed-in.html`);
    expect(store.askedFor.at(-1)).toMatchObject({ isFollowed: true, firstName: 'Augusta' });
    expect(await lastEvent('person_updated')).toMatchObject({
      outcome: 'success',
      contactCenterId,
      fields: { userName: 'newcomer', method: 'oidc', location: '/', changed: 'firstName groups' },
    });
  });

  it('asks for no update without the setting', async () => {
    await use({});
    await signIn();
    expect(stack.environmentApi.people.askedFor.at(-1)).toMatchObject({ isFollowed: false, groups: [] });
  });

  // attack: rights by a group name that no administrator has mapped | CWE-269 | guard: services/auth-api/src/sign-in/sso/login/find-person.ts
  it('gives the groups that the settings map, under the names of the store, and no others', async () => {
    await use({ peopleGroups: ['Agents', 'cn=lead,ou=eu -> Supervisors', 'boss -> Administrators'] });
    await signIn({ groups: ['Agents', 'cn=lead,ou=eu', 'Supervisors -> x', 'Administrators'] });
    expect(people().at(-1)).toMatchObject({ groups: ['Agents', 'Supervisors'] });
  });

  it('takes an address that the settings assume to be verified, and none that is said to be unverified', async () => {
    await use({ assumeVerifiedEmail: true });
    await signIn({ email: 'ada@example.com' });
    expect(people().at(-1)).toMatchObject({ email: 'ada@example.com' });
    await signIn({ sub: 'other', preferred_username: 'eve', email: 'b@example.com', email_verified: false });
    expect(stack.environmentApi.people.askedFor.at(-1)).not.toHaveProperty('email');
  });

  it('says in a sign-in as a test what it would write, and writes nothing', async () => {
    await use({ updatePeople: true });
    await signIn();
    stack.environmentApi.people.changes = { fields: ['firstName'], joined: ['Agents'], left: ['Former'] };
    const trials = `/auth/v3/ops/contact-centers/${contactCenterId}/sso-trials`;
    const begun = await opsCall(stack, 'POST', trials, { data: { protocol: 'oidc', location: '/' } });
    provider.lies = { claims: { preferred_username: 'newcomer', given_name: 'Augusta' } };
    const page = await finish(
      createBrowser(stack.app),
      begun.json<{ data: { address: string } }>().data.address,
    );
    const result = new URL(page).searchParams.get('result');
    const trial = (await opsCall(stack, 'GET', `${trials}/${result}`)).json<{ data: SsoTrial }>().data;
    expect(trial.steps.find(({ step }) => step === 'person')?.sentences).toEqual(
      expect.arrayContaining([
        { key: 'signOn.trial.update', parameters: { values: ['Augusta'] } },
        { key: 'signOn.trial.joined', parameters: { groups: ['Agents'] } },
        { key: 'signOn.trial.left', parameters: { groups: ['Former'] } },
      ]),
    );
    expect(people().at(-1)).not.toHaveProperty('firstName');
    expect(await lastEvent('person_updated')).not.toMatchObject({ fields: { changed: 'firstName' } });
  });
});

describe('people whom their first sign-in by SAML creates', () => {
  const key = makeProviderKey();
  const persistent = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';
  const use = (saml: object = {}) =>
    setSignOn(stack, {
      saml: {
        ...{ idpMetadataXml: idpMetadata([key]), createPeople: true },
        ...{ userNameSource: 'attribute', userNameAttribute: 'uid' },
        ...{ firstNameAttribute: 'givenName', lastNameAttribute: 'sn', emailAttribute: 'mail' },
        ...saml,
      },
    });
  const arrive = async (facts: Partial<ResponseFacts> = {}) =>
    (
      await comeBackHonestly(await leave(stack), key, {
        nameId: 'G-1',
        nameIdFormat: persistent,
        attributes: { uid: ['newcomer'], givenName: ['Ada'], sn: ['Lovelace'], mail: ['ada@example.com'] },
        ...facts,
      })
    ).location ?? '';
  const reasonOfLast = async () => (await lastEvent('login_failed'))?.fields;

  it('creates the person from the attributes, and finds them by the persistent NameID from then on', async () => {
    await use();
    expect(await arrive()).toBe(`${publicUrl}/auth/signed-in.html`);
    expect(people().at(-1)).toMatchObject({
      ...{ userName: 'newcomer', firstName: 'Ada', lastName: 'Lovelace', email: 'ada@example.com' },
    });
    expect(stack.environmentApi.people.askedFor.at(-1)).toMatchObject({
      issuer: `saml ${idpEntityId}`,
      subject: 'G-1',
    });
    expect(await lastEvent('person_created')).toMatchObject({ fields: { method: 'saml' } });
    expect(await arrive({ attributes: { uid: ['renamed'] } })).toBe(`${publicUrl}/auth/signed-in.html`);
    expect(people()).toHaveLength(2);
  });

  it('finds the person by the attribute that never changes, whatever the NameID is', async () => {
    await use({ subjectAttribute: 'objectId' });
    const attributes = { uid: ['newcomer'], objectId: ['o-1'] };
    await arrive({ nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient', attributes });
    expect(stack.environmentApi.people.askedFor.at(-1)).toMatchObject({ subject: 'o-1' });
    for (const objectId of [[], ['o-1', 'o-2'], [' ']]) {
      expect(await arrive({ attributes: { uid: ['newcomer'], objectId } })).toContain('error=sso_no_account');
      expect(await reasonOfLast()).toMatchObject({ reason: 'subject_unstable' });
    }
  });

  // attack: account of the person who had the NameID before | SAML core 8.3, CWE-287 | guard: services/auth-api/src/sign-in/sso/saml/assertion.ts
  it.each([
    'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
    'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
  ])('refuses a NameID of the format %s, with the cause', async (nameIdFormat) => {
    await use();
    expect(await arrive({ nameIdFormat })).toContain('/auth/sign-in.html?error=sso_no_account');
    const fields = await reasonOfLast();
    expect(fields).toMatchObject({ reason: 'subject_unstable' });
    expect(JSON.stringify(fields)).toContain(nameIdFormat);
    expect(people()).toHaveLength(1);
  });

  // attack: person of one provider by the NameID of another one behind the same hub | SAML core 8.3.7 | guard: services/auth-api/src/sign-in/sso/saml/assertion.ts
  it('refuses a NameID that another provider qualifies', async () => {
    await use();
    expect(await arrive({ nameQualifier: 'https://other.example.com' })).toContain('error=sso_no_account');
    expect(await arrive({ nameQualifier: idpEntityId })).toBe(`${publicUrl}/auth/signed-in.html`);
  });

  it('looks people up by name where the setting is off', async () => {
    await use({ createPeople: false });
    expect(await arrive({ attributes: { uid: ['agent'] } })).toBe(`${publicUrl}/auth/signed-in.html`);
    expect(stack.environmentApi.people.askedFor).toEqual([]);
  });
});
