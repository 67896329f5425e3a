/** What a release before stored of a person by the `sub` alone: read where nobody else has the `sub`, and by no other contact centre. */
import { hashSlowly } from '@gatehouse/caller-auth/credentials';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Estate, startEstate } from '../operations/help-desk/stack.ts';
import {
  contactCenterId,
  demoContactCenter,
  environmentOf,
  otherContactCenterId,
} from '../stack/auth-api.ts';
import { asked, createAsker, poll, say, waitingFor } from '../stack/backchannel.ts';
import { createBrowser } from '../stack/browser.ts';
import { announceChange } from '../stack/environment-api.ts';
import { createClient, getCode, redeem, type TestClient } from '../stack/oauth.ts';

/** The only one of its environment whose people have the subjects of the environment. */
const aloneId = 'dddddddd-dddd-4ddd-8ddd-dddddddddddd';
/** Beside it, with subjects of its own. */
const asideId = 'eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee';
const loneEnvironmentId = 'ffffffff-ffff-4fff-8fff-ffffffffffff';

let estate: Estate;
let client: TestClient;
let asker: TestClient;
beforeAll(async () => {
  estate = await startEstate();
  const { environmentApi, simulator } = estate.stack;
  environmentApi.environments.set(loneEnvironmentId, environmentOf(simulator.port, 1, loneEnvironmentId));
  const place = { ...demoContactCenter, environmentId: loneEnvironmentId };
  environmentApi.contactCenters.set(aloneId, { ...place, id: aloneId, domains: ['alone'] });
  environmentApi.contactCenters.set(asideId, {
    ...{ ...place, id: asideId, domains: ['aside'] },
    subjectScope: 'contactCenter',
  });
  client = await createClient(estate.stack);
  asker = await createAsker(estate.stack, {
    authorizedGrantTypes: ['authorization_code', 'urn:openid:params:grant-type:ciba'],
    redirectURIs: [client.redirectUri],
  });
});
afterAll(() => estate?.close());

type Someone = Awaited<ReturnType<Estate['someone']>>;

async function enter({ typed }: Someone, tenant: string, by = client) {
  const browser = createBrowser(estate.stack.app);
  const code = await getCode(estate.stack, browser, by, { scope: 'openid' }, { ...typed, tenant });
  const { id_token } = (await redeem(estate.stack, by, code)).json();
  return { browser, id_token, sub: String(decodeJwt(id_token).sub) };
}

const at = (id: string, sub: string) => ({ contactCenterId: id, sub });

/** The subject that one contact centre alone has, and the one that two share. */
async function subjects() {
  const person = await estate.someone();
  return { alone: (await enter(person, 'alone')).sub, shared: (await enter(person, 'demo')).sub };
}

const store = (table: 'consents' | 'user_codes', columns: string, values: unknown[]) =>
  estate.stack.deps.stores.pool.query(
    `INSERT INTO auth.${table} (${columns}) VALUES (${values.map((_, index) => `$${index + 1}`).join()})`,
    values,
  );

// attack: consent that a release before stored for the subject, in another contact centre | OpenID Connect Core 3.1.2.4, CWE-639 | guard: services/auth-api/src/browser/consents/service.ts
it('a consent counts where one contact centre has the subject, and is asked for anew elsewhere', async () => {
  const { alone, shared } = await subjects();
  const consents = estate.stack.deps.consents.service;
  const agreed = { clientId: client.clientId, scope: ['openid'] };
  for (const sub of [alone, shared])
    await store('consents', 'sub, client_id, scope', [sub, client.clientId, agreed.scope]);
  const covered = (id: string, sub: string) => consents.covers(at(id, sub), agreed);
  expect(await covered(aloneId, alone)).toBe(true);
  expect((await consents.list(at(aloneId, alone))).map(({ clientId }) => clientId)).toEqual([
    client.clientId,
  ]);
  expect(await covered(asideId, alone)).toBe(false);
  expect([await covered(contactCenterId, shared), await covered(otherContactCenterId, shared)]).toEqual([
    false,
    false,
  ]);
  await consents.forget(at(asideId, alone), client.clientId);
  expect(await covered(aloneId, alone)).toBe(true);
  await consents.forget(at(aloneId, alone), client.clientId);
  expect(await covered(aloneId, alone)).toBe(false);
});

// attack: user code that a release before stored for the subject, in another contact centre | OpenID CIBA 7.1, CWE-639 | guard: services/auth-api/src/browser/approvals/user-codes.ts
it('a user code is known where one contact centre has the subject, and nowhere else', async () => {
  const { alone, shared } = await subjects();
  const { userCodes } = estate.stack.deps.approvals;
  const code = 'code-of-the-person';
  for (const sub of [alone, shared]) await store('user_codes', 'sub, hash', [sub, await hashSlowly(code)]);
  const counts = (id: string, sub: string) =>
    userCodes.verify(code, { person: at(id, sub), clientId: client.clientId, clientAddress: '192.0.2.1' });
  expect(await counts(aloneId, alone)).toBe(true);
  expect(await counts(asideId, alone)).toBe(false);
  expect([await counts(contactCenterId, shared), await counts(otherContactCenterId, shared)]).toEqual([
    false,
    false,
  ]);
  await userCodes.remove(at(asideId, alone));
  expect(await userCodes.has(at(aloneId, alone))).toBe(true);
});

// attack: consents and user codes of a release before, when the other contact centre with the same subjects has left | OpenID CIBA 7.1, CWE-639 | guard: services/auth-api/src/registry/contact-centers/subjects.ts
it('neither counts where another contact centre has had the subjects', async () => {
  const { stack } = estate;
  const { alone: sub } = await subjects();
  const agreed = { clientId: client.clientId, scope: ['openid'] };
  await store('consents', 'sub, client_id, scope', [sub, client.clientId, agreed.scope]);
  await store('user_codes', 'sub, hash', [sub, await hashSlowly('code-of-the-person')]);
  const count = async () => [
    await stack.deps.consents.service.covers(at(aloneId, sub), agreed),
    await stack.deps.approvals.userCodes.has(at(aloneId, sub)),
  ];
  expect(await count()).toEqual([true, true]);
  const { formerSharers } = stack.environmentApi;
  const heard = () =>
    announceChange(stack, { entity: 'contact-center', id: asideId, contactCenterId: asideId });
  formerSharers.add(aloneId);
  await heard();
  await expect.poll(count, { timeout: 5000 }).toEqual([false, false]);
  formerSharers.delete(aloneId);
  await heard();
  await expect.poll(count, { timeout: 5000 }).toEqual([true, true]);
});

/** Asked for at the first contact centre; the person is signed in at both, by one subject. */
async function waiting() {
  const { stack } = estate;
  const person = await estate.someone();
  const here = await enter(person, 'demo', asker);
  const there = await enter(person, 'another', asker);
  expect(there.sub).toBe(here.sub);
  const { auth_req_id } = await asked(stack, asker, { login_hint: '', id_token_hint: here.id_token });
  // The release before lists it by the subject alone.
  const { redis } = stack.deps.stores;
  const [list = ''] = await redis.keys(`*backchannel-asked:{${contactCenterId} ${here.sub}}`);
  expect(await redis.del(list)).toBe(1);
  const id = auth_req_id.split('.')[0] ?? '';
  const [request = ''] = await redis.keys(`*backchannel:{${id}}`);
  return { here: here.browser, there: there.browser, auth_req_id, id, redis, request };
}

it('a request for approval is seen and approved in the contact centre that it names alone', async () => {
  const { here, there, id } = await waiting();
  expect((await waitingFor(there)).data).toEqual([]);
  expect(await say(there, 'approved', { approval: id })).toBe('gone');
  expect((await waitingFor(here)).data.map((one) => one.id)).toEqual([id]);
  expect(await say(here, 'approved')).toBe('approved');
});

// attack: request for approval of a release before that names no contact centre, approved in another one | OpenID CIBA 7.1, CWE-863 | guard: services/auth-api/src/browser/approvals/service.ts
it('a request for approval that names none is seen and approved by nobody', async () => {
  const { here, there, id, auth_req_id, redis, request } = await waiting();
  const { contactCenterId: _, ...former } = JSON.parse((await redis.hget(request, 'request')) ?? '');
  await redis.hset(request, 'request', JSON.stringify(former));
  for (const browser of [there, here]) {
    expect((await waitingFor(browser)).data).toEqual([]);
    expect(await say(browser, 'approved', { approval: id })).toBe('gone');
  }
  expect((await poll(estate.stack, asker, auth_req_id)).json().error).toBe('authorization_pending');
});
