/** Each cause that an explanation can name: brought about for real, explained, and compared with what a sign-in is answered. */
import { randomUUID } from 'node:crypto';
import {
  type SignInCause,
  type SignInExplanation,
  signInCauses,
} from '@gatehouse/contracts/auth-administration';
import type { ContactCenterView, EnvironmentView } from '@gatehouse/contracts/environment-api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lastAttemptStep } from '../../../src/operations/help-desk/sign-in-steps.ts';
import type { StoredAuditEvent } from '../../../src/records/audit/store.ts';
import { setSignOn } from '../../sign-in/sso/stack/sign-on.ts';
import { demoContactCenter, environmentOf } from '../../stack/auth-api.ts';
import { createBrowser } from '../../stack/browser.ts';
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
  undo?(): Promise<unknown>;
}

let estate: Estate;
beforeAll(async () => {
  estate = await startEstate({ env: { GATEHOUSE_SIGN_IN_ADDRESS_ATTEMPTS: String(addressAttempts) } });
});
afterAll(() => estate?.close());

const attempt = async (
  { userName, tenant = 'demo', password = '', address }: Case,
  cookies?: Map<string, string>,
) => {
  const browser = createBrowser(estate.stack.app, address ?? strangersAddress);
  for (const [name, value] of cookies ?? []) browser.cookies.set(name, value);
  const data = { username: userName, password, tenant };
  const { status } = await browser.postJson('/auth/v3/sign-in', { data });
  return { status, cookies: browser.cookies };
};

const explain = async ({ userName, tenant = 'demo' }: Case) => {
  await estate.stack.deps.audit.drained();
  const answer = await call(estate.stack, 'GET', '/people/explanation', {
    user: userName,
    contactCenter: tenant,
  });
  return answer.json<{ data: SignInExplanation }>().data;
};

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
    if ((await attempt({ ...person, password: 'wrong' })).status === 429) return;
  throw new Error('nobody had to wait');
}

/** A sign-in of the person is refused by the directory for `reason`, with these rules of the tenant. */
async function refusedBy(values: Record<string, string>, person: Case, attempts: string[]): Promise<Case> {
  const undo = await rules(values);
  for (const password of attempts) await attempt({ ...person, password });
  return { ...person, undo };
}

/** The simulator answers these after a year only, or to programs that hold sessions: their words are taken as a directory says them. */
const unplayed = ['account_expired', 'too_many_sessions'] as const;

const cases: Record<Exclude<SignInCause, (typeof unplayed)[number]>, () => Promise<Case>> = {
  contact_center_disabled: async () => ({ ...demoPerson, tenant: place({ status: 'disabled' }) }),
  environment_missing: async () => ({ ...demoPerson, tenant: place({ environmentId: randomUUID() }) }),
  no_servers: async () => ({ ...demoPerson, tenant: place({}, { configServers: [] }) }),
  directory_away: async () => {
    const [server] = environmentOf(1).configServers;
    return { ...demoPerson, tenant: place({}, { configServers: server ? [server] : [] }) };
  },
  person_unknown: async () => ({ userName: 'nobody', password: 'wrong' }),
  person_disabled: async () => ({ userName: 'locked', password: 'demo-locked-password' }),
  no_password: async () => {
    const environment: Partial<EnvironmentView> = {
      directory: 'people',
      username: '',
      passwordEnvelope: '',
      tenant: '',
      configServers: [],
    };
    const tenant = place({}, environment);
    const { contactCenters, people } = estate.stack.environmentApi;
    const owner = [...contactCenters.values()].find(({ domains }) => domains.includes(tenant));
    const person = {
      id: randomUUID(),
      dbid: 900,
      version: 1,
      userName: 'without',
      isActive: true,
      groups: [],
    };
    people.persons.set(owner?.environmentId ?? '', [person]);
    return { userName: 'without', password: 'wrong', tenant };
  },
  delayed: async () => {
    const person = await someone();
    await guessAt(person);
    return person;
  },
  delayed_elsewhere: async () => {
    const person = await someone();
    expect((await attempt({ ...person, address: '192.0.2.44' })).status).toBe(200);
    await guessAt(person);
    return person;
  },
  delayed_address: async () => {
    for (let tries = 0; tries <= addressAttempts; tries += 1)
      await attempt({ userName: `nobody-${randomUUID()}`, password: 'wrong', address: busyAddress });
    const person = { ...(await someone()), address: busyAddress };
    expect((await attempt(person)).status).toBe(429);
    return person;
  },
  directory_locked: async () =>
    refusedBy({ 'account-lockout-threshold': '1' }, await someone(), ['wrong', 'a-password-of-theirs']),
  password_expired: async () =>
    refusedBy({ 'password-expiration': '30' }, await aged(), ['a-password-of-theirs']),
  password_must_change: async () => ({ userName: 'newcomer', password: 'demo-newcomer-password' }),
  single_sign_on_only: async () => {
    await setSignOn(estate.stack, { oidc: { issuer: 'https://idp.test', clientId: 'gatehouse' } });
    return { ...demoPerson, undo: () => setSignOn(estate.stack, {}) };
  },
};

// One after another: the rules of the tenant and single sign-on hold for everybody of it.
it.each(Object.keys(cases) as (keyof typeof cases)[])(
  '%s is named, and a sign-in by password goes as the verdict says',
  async (reason) => {
    const person = await cases[reason]();
    try {
      const verdict = signInCauses[reason];
      const explained = await explain(person);
      expect(explained).toMatchObject({ verdict, reason, ok: verdict === 'restricted' });
      expect((await attempt(person)).status).not.toBe(200);
    } finally {
      await person.undo?.();
    }
  },
);

it.each(unplayed)('%s is named where the directory said so last, and not after a sign-in', (reason) => {
  const event = { atMs: 1_000, name: 'login_failed', fields: { reason } } as unknown as StoredAuditEvent;
  const attempts = { refused: event, succeeded: undefined, isShownAsLocked: false, addressWaitMs: 0 };
  expect(lastAttemptStep(attempts)).toMatchObject({ status: 'warning', reason });
  expect(lastAttemptStep({ ...attempts, succeeded: { ...event, atMs: 2_000 } })).not.toHaveProperty('reason');
});
