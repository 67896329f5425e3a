/** Each cause that an explanation can name: brought about for real, explained, and compared with what a sign-in is answered. */
import { randomUUID } from 'node:crypto';
import { createConfigServerClient } from '@gatehouse/config-server-client/client';
import { staticEndpoints } from '@gatehouse/config-server-client/discovery';
import { demoServiceAccount } from '@gatehouse/config-server-simulator';
import {
  headlineOf,
  type ListedState,
  listedStates,
  type PeoplePage,
  type SignInCause,
  type SignInExplanation,
} from '@gatehouse/contracts/auth-administration';
import type {
  ContactCenterView,
  EnvironmentView,
  OidcSettings,
  PersonView,
} from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import { say } from '@gatehouse/service-kit/sentences';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conclude, lastAttemptStep } from '../../../src/operations/help-desk/sign-in-steps.ts';
import type { StoredAuditEvent } from '../../../src/records/audit/store.ts';
import { setSignOn } from '../../sign-in/sso/stack/sign-on.ts';
import { demoContactCenter, environmentOf } from '../../stack/auth-api.ts';
import { type Answer, type Browser, createBrowser } from '../../stack/browser.ts';
import { contactCenterAdministrator } from '../../stack/console.ts';
import { readView, signIn } from '../../stack/interaction.ts';
import {
  authorizeUrl,
  createClient,
  interactionOf,
  opsCall,
  responseOf,
  type TestClient,
} from '../../stack/oauth.ts';
import { silentLog } from '../../stack/redis.ts';
import { call, type Estate, startEstate } from './stack.ts';

const strangersAddress = '198.51.100.9';
const busyAddress = '203.0.113.7';
const addressAttempts = 30;

interface Case {
  userName: string;
  /** Of the contact centre; demo without it. */
  tenant?: string;
  password?: string;
  /** Where the person tries. */
  address?: string;
  /** Where the person gets in all the same: of a cause that only restricts. */
  opensAt?: string;
  /** Of the request that is explained beside. */
  correlationId?: string;
  /** No list tells it: what it would have to ask is asked about one person only. */
  isUnlisted?: true;
  /** The try that goes as the verdict says, where it is another one than a sign-in by password. */
  isRefused?(): Promise<boolean>;
  undo?(): Promise<unknown>;
}

let estate: Estate;
/** Of the Configuration Server. */
let aheadMs = 0;
beforeAll(async () => {
  estate = await startEstate({
    env: { GATEHOUSE_SIGN_IN_ADDRESS_ATTEMPTS: String(addressAttempts) },
    directoryNow: () => Date.now() + aheadMs,
  });
});
afterAll(() => estate?.close());

const attempt = async ({ userName, tenant = 'demo', password = '', address = strangersAddress }: Case) => {
  const data = { username: userName, password, tenant };
  return (await createBrowser(estate.stack.app, address).postJson('/auth/v3/sign-in', { data })).status;
};

const explain = async ({ userName, tenant = 'demo', correlationId }: Case) => {
  await estate.stack.deps.audit.drained();
  const answer = await call(estate.stack, 'GET', '/people/explanation', {
    user: userName,
    contactCenter: tenant,
    ...definedOnly({ correlationId }),
  });
  return answer.json<{ data: SignInExplanation }>().data;
};

/** The state of the person in the list of people, and whether the filter of that state finds them. */
const listed = async ({ userName, tenant = 'demo' }: Case, signIn: ListedState) => {
  const query = { contactCenter: tenant, search: userName };
  const pages = [query, { ...query, signIn }].map((asked) => call(estate.stack, 'GET', '/people', asked));
  return (await Promise.all(pages)).map(
    (answer) =>
      answer.json<{ data: PeoplePage }>().data.people.find((person) => person.userName === userName)?.signIn,
  );
};
/** A Configuration Server shows a lock at an attempt only; `people-search.test.ts` of LDAP has directories that list it. */
const isListed = (reason: SignInCause | ListedState): reason is SignInCause & ListedState =>
  reason !== 'directory_locked' && listedStates.includes(reason as ListedState);

const someone = async (): Promise<Case> => {
  const { userName, typed } = await estate.someone();
  return { userName, password: typed.password };
};

/** A contact centre of its own, with an environment of its own where `environment` says what is different about it. */
function place(changes: Partial<ContactCenterView>, environment?: Partial<EnvironmentView>): string {
  const { environmentApi, simulator } = estate.stack;
  const [id, tenant, environmentId] = [randomUUID(), `place-${randomUUID()}`, randomUUID()];
  const own = environment === undefined ? {} : { environmentId };
  environmentApi.contactCenters.set(id, { ...demoContactCenter, ...own, ...changes, id, domains: [tenant] });
  if (environment !== undefined)
    environmentApi.environments.set(environmentId, {
      ...environmentOf(simulator.port, 1, environmentId),
      ...environment,
    });
  return tenant;
}

const demoPerson = { userName: 'agent', password: 'demo-agent-password' };

async function rules(values: Record<string, string>) {
  const { store } = estate.stack.simulator;
  const set = (entries: [string, string][]) =>
    store.updateObject(7, 101, { userProperties: [['security-authentication-rules', entries]] });
  await set(Object.entries(values));
  return () => set([]);
}

async function aged(): Promise<Case> {
  const { userName, dbid, typed } = await estate.someone();
  await estate.stack.simulator.store.updatePerson(dbid, { PasswordUpdatingDate: 1_000_000_000 });
  return { userName, password: typed.password };
}

/** Wrong passwords until one is refused without a look at it. */
async function guessAt(person: Case): Promise<void> {
  for (let tries = 0; tries < 10; tries += 1)
    if ((await attempt({ ...person, password: 'wrong' })) === 429) return;
  throw new Error('nobody had to wait');
}

/** A sign-in of the person is refused by the directory for `reason`, with these rules of the tenant. */
async function refusedBy(values: Record<string, string>, person: Case, attempts: string[]): Promise<Case> {
  const undo = await rules(values);
  for (const password of attempts) await attempt({ ...person, password });
  return { ...person, undo };
}

/** A person who signed in a month ago and did not come back. */
async function idle(): Promise<Case> {
  const person = await someone();
  const undo = await rules({ 'account-expiration': '30' });
  expect(await attempt(person)).toBe(200);
  aheadMs = 31 * 24 * 3_600_000;
  expect(await attempt(person)).toBe(403);
  return {
    ...person,
    async undo() {
      aheadMs = 0;
      await undo();
    },
  };
}

/** A program of the person holds the only session that the account may have. */
async function signedInElsewhere(): Promise<Case> {
  const person = await someone();
  const program = createConfigServerClient({
    endpoints: staticEndpoints([{ host: '127.0.0.1', port: estate.stack.simulator.port }]),
    ...demoServiceAccount,
    ...{ userName: person.userName, password: person.password ?? '' },
    allowPlaintext: true,
    log: silentLog,
  });
  // The answer shows that the program is registered.
  await program.readPersons({ user_name: person.userName });
  const refused = await refusedBy({ 'max-account-sessions': '1' }, person, [person.password ?? '']);
  return { ...refused, undo: () => Promise.all([refused.undo?.(), program.close()]) };
}

function contactCenterOf(tenant: string): ContactCenterView {
  const all = [...estate.stack.environmentApi.contactCenters.values()];
  const found = all.find(({ domains }) => domains.includes(tenant));
  if (found === undefined) throw new Error(`no contact centre has the tenant ${tenant}`);
  return found;
}

/** A person of a people store. */
async function withoutPassword(given: Partial<PersonView> = {}): Promise<Case> {
  const environment: Partial<EnvironmentView> = {
    directory: 'people',
    username: '',
    passwordEnvelope: '',
    tenant: '',
    configServers: [],
  };
  const tenant = place({}, environment);
  const person = {
    id: randomUUID(),
    dbid: 900,
    version: 1,
    userName: 'without',
    isActive: true,
    groups: [],
    ...given,
  };
  estate.stack.environmentApi.people.persons.set(contactCenterOf(tenant).environmentId, [person]);
  return { userName: 'without', password: 'wrong', tenant };
}

/** Single sign-on for members of the groups, or for everybody where there are none. The person of the demo is a member. */
async function signOnFor(
  accessGroups: string[],
  person: Case = demoPerson,
  more: Partial<OidcSettings> = {},
): Promise<Case> {
  const { id } = contactCenterOf(person.tenant ?? 'demo');
  const oidc = { issuer: 'https://idp.test', clientId: 'gatehouse', accessGroups, ...more };
  await setSignOn(estate.stack, { id, oidc });
  return { ...person, undo: () => setSignOn(estate.stack, { id }) };
}

/** An application that asks for `parameters` gets an answer without a code after the person signed in, and after `then`. */
async function atApplication(
  parameters: Record<string, string>,
  then: (browser: Browser, answer: Answer) => Promise<Answer> = async (_browser, answer) => answer,
): Promise<Case> {
  const { userName, typed } = await estate.someone();
  const client = await createClient(estate.stack, { requireConsent: 'consent' in parameters });
  const isRefused = async () => {
    const browser = createBrowser(estate.stack.app, strangersAddress);
    const begun = await browser.get(authorizeUrl(client, parameters));
    const onward = await signIn(estate.stack, browser, interactionOf(begun), typed);
    const answer = await then(browser, await browser.get(String(onward.location)));
    return responseOf(answer).get('code') === null;
  };
  expect(await isRefused()).toBe(true);
  return { userName, password: typed.password, isRefused };
}

/** The person says no on the page that asks. */
async function deny(browser: Browser, asked: Answer): Promise<Answer> {
  const interaction = interactionOf(asked);
  const { csrf } = await readView(estate.stack.app, browser, interaction);
  const form = { interaction, csrf, answer: 'denied' };
  const onward = await browser.postForm('/auth/v3/oauth/consent', form);
  return browser.get(String(onward.location));
}

/** `oidc-login.test.ts` plays one, where the identity provider is, and `missing-factor.test.ts` those of factors. */
type PlayedElsewhere = 'provider_refused' | 'second_factor_missing' | 'second_factor_impossible';

const cases: Record<Exclude<SignInCause, PlayedElsewhere>, () => Promise<Case>> = {
  contact_center_disabled: async () => ({ ...demoPerson, tenant: place({ status: 'disabled' }) }),
  environment_missing: async () => ({ ...demoPerson, tenant: place({ environmentId: randomUUID() }) }),
  no_servers: async () => ({ ...demoPerson, tenant: place({}, { configServers: [] }) }),
  directory_away: async () => {
    const [server] = environmentOf(1).configServers;
    return { ...demoPerson, tenant: place({}, { configServers: server ? [server] : [] }) };
  },
  person_unknown: async () => ({ userName: 'nobody', password: 'wrong' }),
  person_disabled: async () => ({ userName: 'locked', password: 'demo-locked-password' }),
  no_password: () => withoutPassword(),
  password_link_open: () =>
    withoutPassword({ passwordLinkEndsAt: new Date(Date.now() + 600_000).toISOString() }),
  not_linked: async () =>
    signOnFor([], await withoutPassword({ linkIssuers: ['https://former.test', 'saml https://idp.test'] }), {
      createPeople: true,
    }),
  delayed: async () => {
    const person = await someone();
    await guessAt(person);
    return person;
  },
  delayed_elsewhere: async () => {
    const person = await someone();
    expect(await attempt({ ...person, address: '192.0.2.44' })).toBe(200);
    await guessAt(person);
    return { ...person, opensAt: '192.0.2.44' };
  },
  delayed_address: async () => {
    for (let tries = 0; tries <= addressAttempts; tries += 1)
      await attempt({ userName: `nobody-${randomUUID()}`, password: 'wrong', address: busyAddress });
    const person = { ...(await someone()), address: busyAddress, opensAt: strangersAddress };
    expect(await attempt(person)).toBe(429);
    return person;
  },
  directory_locked: async () =>
    refusedBy({ 'account-lockout-threshold': '1' }, await someone(), ['wrong', 'a-password-of-theirs']),
  password_expired: async () =>
    refusedBy({ 'password-expiration': '30' }, await aged(), ['a-password-of-theirs']),
  account_expired: idle,
  too_many_sessions: signedInElsewhere,
  password_must_change: async () => ({ userName: 'newcomer', password: 'demo-newcomer-password' }),
  single_sign_on_only: () => signOnFor([]),
  consent_refused: () => atApplication({ consent: 'asked' }, deny),
  authorization_refused: () => atApplication({ claims: '{"id_token":{"sub":{"value":"somebody-else"}}}' }),
  tenant_unknown: async () => {
    const person = await someone();
    const isRefused = async () => (await attempt({ ...person, tenant: 'no-such-tenant' })) !== 200;
    expect(await isRefused()).toBe(true);
    return { ...person, isRefused };
  },
  request_refused: async () => {
    const client = await createClient(estate.stack);
    const ask = () =>
      createBrowser(estate.stack.app).get(authorizeUrl(client, { redirect_uri: 'https://app.test/other' }));
    const { headers } = await ask();
    const isRefused = async () => (await ask()).status === 400;
    return { ...(await someone()), correlationId: String(headers['x-request-id']), isRefused };
  },
};

const rows: [reason: SignInCause, how: string, play: () => Promise<Case>][] = [
  ...(Object.keys(cases) as (keyof typeof cases)[]).map((reason): (typeof rows)[number] => [
    reason,
    '',
    cases[reason],
  ]),
  [
    'single_sign_on_only',
    ' of a person who is linked to the provider that creates people',
    async () =>
      signOnFor([], await withoutPassword({ linkIssuers: ['https://idp.test'] }), { createPeople: true }),
  ],
  [
    'single_sign_on_only',
    ' of a member of the groups that must use it',
    async () => ({ ...(await signOnFor(['Agents'])), isUnlisted: true }),
  ],
  [
    'delayed',
    ' of a person who is in none of the groups of single sign-on',
    async () => {
      const person = await someone();
      await guessAt(person);
      return { ...(await signOnFor(['Agents'], person)), isUnlisted: true };
    },
  ],
  [
    'no_password',
    ' of a person who is in none of the groups of single sign-on',
    async () => ({ ...(await signOnFor(['Agents'], await withoutPassword())), isUnlisted: true }),
  ],
];

// One after another: the rules of the tenant and single sign-on hold for everybody of it.
it.each(rows)(
  '%s%s is named with what to do, and a sign-in by password goes as the verdict says',
  async (reason, _how, play) => {
    const person = await play();
    try {
      const explained = await explain(person);
      const concluded = conclude(explained.findings);
      expect(explained).toMatchObject({ ...concluded, reason, message: say(headlineOf(concluded)).message });
      if (isListed(reason) && !person.isUnlisted) {
        const state = { verdict: explained.verdict, reason };
        expect(await listed(person, reason)).toEqual([state, state]);
        expect(await listed(person, 'allowed')).toEqual([state, undefined]);
      }
      expect(await (person.isRefused?.() ?? attempt(person).then((status) => status !== 200))).toBe(true);
      const { opensAt } = person;
      if (opensAt !== undefined) expect(await attempt({ ...person, address: opensAt })).toBe(200);
    } finally {
      await person.undo?.();
    }
  },
);

it('single sign-on of some groups keeps nobody else from signing in by password', async () => {
  const { undo } = await signOnFor(['Agents']);
  const outsider = { userName: 'supervisor', password: 'demo-supervisor-password' };
  try {
    const explained = await explain(outsider);
    expect(explained).toMatchObject({ verdict: 'allowed' });
    expect(explained.findings.find(({ name }) => name === 'way in')?.message).toContain('Agents');
    expect(await attempt(outsider)).toBe(200);
  } finally {
    await undo?.();
  }
});

it('an application that got the person since is no cause any more', async () => {
  const { userName, typed } = await estate.someone();
  const client = await createClient(estate.stack, { requireConsent: true });
  const browser = createBrowser(estate.stack.app);
  const answerBy = async (answer: 'denied' | 'allowed') => {
    const begun = await browser.get(authorizeUrl(client));
    const asked = begun.location?.includes('/auth/consent.html')
      ? begun
      : await browser.get(
          String((await signIn(estate.stack, browser, interactionOf(begun), typed)).location),
        );
    const interaction = interactionOf(asked);
    const { csrf } = await readView(estate.stack.app, browser, interaction);
    const onward = await browser.postForm('/auth/v3/oauth/consent', { interaction, csrf, answer });
    await browser.get(String(onward.location));
  };
  await answerBy('denied');
  expect(await explain({ userName })).toMatchObject({ verdict: 'restricted', reason: 'consent_refused' });
  expect(await estate.eventsOf({ name: 'authorization_refused', clientId: client.clientId })).toMatchObject([
    { outcome: 'failure', contactCenterId: demoContactCenter.id, fields: { reason: 'consent_refused' } },
  ]);
  await answerBy('allowed');
  expect(await explain({ userName })).toMatchObject({ verdict: 'allowed' });
});

describe('one request', () => {
  const answeredTo = async (query: Record<string, string>, authorization?: string) => {
    const path = `/auth/v3/ops/people/explanation?${new URLSearchParams(query)}`;
    const answer = await opsCall(estate.stack, 'GET', path, undefined, authorization);
    return answer.json<{ data: SignInExplanation }>().data;
  };

  it('of an unknown client, of a wrong password and of nothing are told apart', async () => {
    const { userName, typed } = await estate.someone();
    const browser = createBrowser(estate.stack.app, strangersAddress);
    const unknown = await browser.get('/auth/v3/oauth/authorize?client_id=nobody&response_type=code');
    const data = { ...typed, password: 'wrong' };
    const wrong = await browser.postJson('/auth/v3/sign-in', { data });
    const stepOf = async ({ headers }: Pick<Answer, 'headers'>) => {
      const correlationId = String(headers['x-request-id']);
      const { findings } = await explain({ userName, correlationId });
      return findings.find(({ name }) => name === 'request');
    };

    expect(await stepOf(unknown)).toMatchObject({
      reason: 'request_refused',
      message: expect.stringContaining('The client is not registered'),
    });
    const ofPassword = await stepOf(wrong);
    expect(ofPassword).toMatchObject({
      status: 'warning',
      message: expect.stringContaining('Wrong name or password'),
    });
    expect(ofPassword).not.toHaveProperty('reason');
    expect(await stepOf({ headers: { 'x-request-id': 'no-such-request' } })).toMatchObject({
      status: 'skipped',
    });
  });

  // attack: refused requests and mistyped tenants of others read by the explanation of a person | CWE-639, ASVS 8.2.2 | guard: services/auth-api/src/operations/help-desk/explanation.ts
  it('is told to an administrator of a contact centre where it is of its own clients, and no tenant that others typed', async () => {
    const { userName, typed } = await estate.someone();
    const administrator = await contactCenterAdministrator(estate.stack, {
      sub: 'admin',
      contactCenterId: demoContactCenter.id,
    });
    await attempt({ userName, password: typed.password, tenant: 'no-such-tenant' });
    await estate.stack.deps.audit.drained();
    const foreign = await createClient(estate.stack, { contactCenterIds: [randomUUID()] });
    const own = await createClient(estate.stack, { contactCenterIds: [demoContactCenter.id] });
    const verdictOf = async (client: TestClient) => {
      const wrong = authorizeUrl(client, { redirect_uri: 'https://app.test/other' });
      const { headers } = await createBrowser(estate.stack.app).get(wrong);
      const correlationId = String(headers['x-request-id']);
      const named = { user: userName, contactCenter: 'demo', correlationId };
      return answeredTo(named, administrator);
    };

    const ofForeign = await verdictOf(foreign);
    expect(ofForeign).toMatchObject({ verdict: 'allowed' });
    expect(ofForeign.findings.map(({ name }) => name)).not.toContain('tenant');
    expect(await verdictOf(own)).toMatchObject({ verdict: 'refused', reason: 'request_refused' });
  });
});

const byPassword = { provider: undefined, takesPassword: true, providerGroups: [] };

describe('the last attempts', () => {
  const event = (reason: string, atMs: number) =>
    ({
      atMs,
      name: 'login_failed',
      clientAddress: strangersAddress,
      fields: { reason },
    }) as unknown as StoredAuditEvent;
  const attempts = (...refusals: StoredAuditEvent[]) => ({
    ...{ refusals, succeededAtMs: 0, isShownAsLocked: false, addressWaitMs: 0 },
  });

  it('name what the directory said, and not after a sign-in', () => {
    const asked = attempts(event('account_expired', 1_000));
    expect(lastAttemptStep(asked, byPassword)).toMatchObject({
      status: 'warning',
      reason: 'account_expired',
    });
    expect(lastAttemptStep({ ...asked, succeededAtMs: 2_000 }, byPassword)).not.toHaveProperty('reason');
  });

  it('name what the directory said before attempts that did not reach it, and before a busy address', () => {
    const asked = attempts(event('the account limit was reached', 3_000), event('account_locked', 2_000));
    expect(lastAttemptStep({ ...asked, addressWaitMs: 5_000 }, byPassword)).toMatchObject({
      reason: 'directory_locked',
    });
  });

  it('say nothing of passwords where none is asked for, and leave the way of a provider open', () => {
    const asked = { ...attempts(event('account_locked', 1_000)), isShownAsLocked: true };
    const provider = 'oidc' as const;
    const only = { provider, takesPassword: false, providerGroups: [] };
    expect(lastAttemptStep(asked, only)).toMatchObject({ status: 'skipped' });
    const either = lastAttemptStep(asked, { ...only, takesPassword: true });
    expect(either).toMatchObject({ status: 'warning', message: expect.stringContaining('lock') });
    expect(either).not.toHaveProperty('reason');
  });
});

it('names the cause that is known where another step of the same gravity could not be looked at', () => {
  const unread = { status: 'failed' as const, message: 'Redis does not answer' };
  const locked = { status: 'warning' as const, message: 'locked', reason: 'directory_locked' };
  expect(conclude([unread, locked])).toEqual({ ok: false, verdict: 'unknown', reason: 'directory_locked' });
  expect(conclude([unread])).toEqual({ ok: false, verdict: 'unknown' });
});
