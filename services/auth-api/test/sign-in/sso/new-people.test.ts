/** People whom their first sign-in at an OpenID Connect provider creates in the people store. */
import type { SsoCheck, SsoTrial } from '@gatehouse/contracts/auth-administration';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
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
