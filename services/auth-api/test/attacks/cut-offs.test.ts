/** What contact centres of one environment learn of it when the directory cuts a person off, or the person changes the password. */
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { subjectOf } from '../../src/registry/contact-centers/subjects.ts';
import { localTrial } from '../sign-in/sso/stack/sign-on.ts';
import {
  type AuthApi,
  contactCenterId,
  demoContactCenter,
  environmentId,
  otherContactCenterId,
  startAuthApi,
} from '../stack/auth-api.ts';
import { type Browser, createBrowser } from '../stack/browser.ts';
import { createClient, getCode, opsCall, redeem, type TestClient } from '../stack/oauth.ts';
import { type SignalReceiver, startSignalReceiver } from '../stack/signal-receiver.ts';

const password = 'a-password-of-theirs';
const path = '/auth/v3/ops/signal-receivers';
const soon = { timeout: 10_000, interval: 20 };

/** `demo` and `another` have the subjects of the environment in common; the others have subjects of their own. */
const places = {
  demo: contactCenterId,
  another: otherContactCenterId,
  apart: randomUuid(),
  aside: randomUuid(),
};
type Place = keyof typeof places;

let stack: AuthApi;
let client: TestClient;
/** Each is told of one contact centre. */
let receivers: Map<Place, SignalReceiver>;
let registered: string[] = [];

beforeAll(async () => {
  stack = await startAuthApi({ env: { ...localTrial, GATEHOUSE_SIGN_IN_ADDRESS_ATTEMPTS: '10000' } });
  for (const domain of ['apart', 'aside'] as const) {
    const place = { ...demoContactCenter, id: places[domain], domains: [domain] };
    stack.environmentApi.contactCenters.set(place.id, { ...place, subjectScope: 'contactCenter' });
  }
  client = await createClient(stack);
});
afterAll(() => stack?.close());
beforeEach(async () => {
  receivers = new Map();
  for (const [domain, id] of Object.entries(places)) {
    const receiver = await startSignalReceiver();
    receivers.set(domain as Place, receiver);
    const data = { endpoint: receiver.url, audience: domain, contactCenterIds: [id] };
    const answer = await opsCall(stack, 'POST', path, { data });
    registered.push(answer.json<{ data: { id: string } }>().data.id);
  }
});
afterEach(async () => {
  for (const id of registered) await opsCall(stack, 'DELETE', `${path}/${id}`);
  for (const receiver of receivers.values()) receiver.close();
  registered = [];
});

async function someone() {
  const userName = `person-${randomUuid()}`;
  const { DBID } = await stack.simulator.store.createPerson({ tenantDbid: 101, userName, password });
  const enter = async (tenant: Place): Promise<{ browser: Browser; sub: string }> => {
    const browser = createBrowser(stack.app);
    const typed = { username: userName, password, tenant };
    const code = await getCode(stack, browser, client, { scope: 'openid' }, typed);
    const { id_token } = (await redeem(stack, client, code)).json();
    return { browser, sub: String(decodeJwt(id_token).sub) };
  };
  return { dbid: DBID as number, enter };
}

const subjectAt = (domain: Place, dbid: number) => {
  const subjectScope = domain === 'apart' || domain === 'aside' ? 'contactCenter' : 'environment';
  return subjectOf({ contactCenterId: places[domain], environmentId, subjectScope }, dbid);
};

const disable = (dbid: number) => stack.simulator.store.setEnabled(dbid, false);

const factsOf = ({ received }: SignalReceiver) =>
  received.map(({ token }) => {
    const { sub_id, events } = decodeJwt(token) as {
      sub_id: { sub?: string; user?: { sub: string } };
      events: object;
    };
    const [event = ''] = Object.keys(events);
    return `${event.split('/').at(-1)} ${sub_id.sub ?? sub_id.user?.sub}`;
  });

/** What each was told. Changes of people come in their order: of somebody who was everywhere, everybody is told last. */
async function told(): Promise<Partial<Record<Place, string[]>>> {
  const last = await someone();
  const signs = new Map<Place, string>();
  for (const domain of receivers.keys())
    signs.set(domain, `session-revoked ${(await last.enter(domain)).sub}`);
  await disable(last.dbid);
  const { pool, redis } = stack.deps.stores;
  const facts: Partial<Record<Place, string[]>> = {};
  for (const [domain, receiver] of receivers) {
    await expect.poll(() => factsOf(receiver), soon).toContain(signs.get(domain));
    const waiting = async () => [
      await redis.llen(stack.deps.core.keyspace.name('signals-waiting')),
      (await pool.query('SELECT FROM auth.signal_outbox')).rowCount,
    ];
    await expect.poll(waiting, soon).toEqual([0, 0]);
    const others = factsOf(receiver).filter((one) => one !== signs.get(domain));
    if (others.length > 0) facts[domain] = others.toSorted();
  }
  return facts;
}

/** In the trail of a contact centre, as its administrators read it. */
async function trailOf(domain: Place) {
  await stack.deps.audit.drained();
  const query = new URLSearchParams({ contactCenterId: places[domain], name: 'person_cut_off' });
  const answer = await opsCall(stack, 'GET', `/auth/v3/ops/audit?${query}`);
  return answer.json<{ data: { sub: string }[] }>().data.map(({ sub }) => sub);
}

const untilCutOff = (sub: string) =>
  expect
    .poll(
      async () =>
        (await stack.deps.stores.pool.query('SELECT FROM auth.revocations WHERE id = $1', [sub])).rowCount,
      soon,
    )
    .toBe(1);

describe('that the directory disabled a person', () => {
  // attack: cut-off of a person of another contact centre of the environment, told as signal and in the audit trail | ASVS 8.2.2, CWE-359 | guard: services/auth-api/src/people/accounts/cut-offs.ts
  it('is told to the contact centre that knows the person, and to no other one', async () => {
    const { dbid, enter } = await someone();
    const { sub } = await enter('apart');
    await disable(dbid);
    await untilCutOff(sub);
    expect(await told()).toEqual({ apart: [`session-revoked ${sub}`] });
    expect(await trailOf('apart')).toContain(sub);
    for (const place of ['aside', 'demo', 'another'] as const)
      expect(await trailOf(place)).not.toContain(subjectAt(place, dbid));
  });

  it('is told to each of several that have the subject in common, where the person was', async () => {
    const [one, both] = [await someone(), await someone()];
    const { sub } = await one.enter('another');
    const shared = (await both.enter('demo')).sub;
    expect((await both.enter('another')).sub).toBe(shared);
    await disable(one.dbid);
    await disable(both.dbid);
    await untilCutOff(shared);
    expect(await told()).toEqual({
      demo: [`session-revoked ${shared}`],
      another: [`session-revoked ${sub}`, `session-revoked ${shared}`].toSorted(),
    });
  });

  it('is told where the person came by an assertion, and has never signed in', async () => {
    const { dbid, enter } = await someone();
    const { sub } = await enter('aside');
    const { pool } = stack.deps.stores;
    await stack.deps.audit.drained();
    await pool.query("UPDATE auth.audit_events SET name = 'assertion_accepted' WHERE sub = $1", [sub]);
    await disable(dbid);
    await untilCutOff(sub);
    expect(await told()).toEqual({ aside: [`session-revoked ${sub}`] });
  });

  it('is told later where the audit trail cannot be read now, and is in no trail of a contact centre', async () => {
    const { dbid, enter } = await someone();
    const { sub, browser } = await enter('apart');
    const { pool, redis } = stack.deps.stores;
    const lock = await pool.connect();
    const turn = (verb: string) =>
      lock.query(`SELECT pg_advisory_${verb}(hashtext('gatehouse'), hashtext('audit-drain'))`);
    await turn('lock');
    await disable(dbid);
    await untilCutOff(sub);
    expect((await browser.get('/auth/v3/ping')).status).toBe(403);
    const isWritten = async () =>
      (await redis.xrange(stack.deps.core.keyspace.name('audit'), '-', '+')).some(
        ([, fields]) => /"person_cut_off"/.test(fields.join()) && fields.join().includes(sub),
      );
    await expect.poll(isWritten, soon).toBe(true);
    await turn('unlock');
    lock.release();
    expect(await told()).toEqual({ apart: [`session-revoked ${sub}`] });
    expect(await trailOf('apart')).not.toContain(sub);
  });
});

describe('an own change of the password', () => {
  // attack: account whose password changed in another contact centre, without a word to those that know the person | OpenID CAEP 3.2, CWE-778 | guard: services/auth-api/src/keys/signals/intake.ts
  it('is told to every contact centre that knows the person, and to no other one', async () => {
    const { enter } = await someone();
    const here = await enter('demo');
    const { sub: elsewhere } = await enter('apart');
    expect((await enter('another')).sub).toBe(here.sub);
    const data = { oldPassword: password, newPassword: 'another-password-of-theirs' };
    expect((await here.browser.postJson('/auth/v3/change-password', { data })).status).toBe(200);
    const both = (sub: string) => [`credential-change ${sub}`, `session-revoked ${sub}`];
    expect(await told()).toEqual({ demo: both(here.sub), another: both(here.sub), apart: both(elsewhere) });
  });
});
