/** What names a contact centre by its id and outlives it: an import may make one under the same id, with other people. */
import { basicAuthorization } from '@gatehouse/api-client/http';
import { contactCenterEndsPath } from '@gatehouse/contracts/auth-api';
import { passwordWay } from '@gatehouse/contracts/values';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { localTrial } from '../sign-in/sso/stack/sign-on.ts';
import {
  type AuthApi,
  contactCenterId,
  demoContactCenter,
  ops,
  serviceClient,
  startAuthApi,
} from '../stack/auth-api.ts';
import {
  addAdministrator,
  administratorsPath,
  appoint,
  appointmentsPath,
  consoleToken,
} from '../stack/console.ts';
import { announceChange } from '../stack/environment-api.ts';
import { opsCall } from '../stack/oauth.ts';

const operatorAuthorization = basicAuthorization(ops.username, ops.password);
const receiversPath = '/auth/v3/ops/signal-receivers';
const soon = { timeout: 5_000, interval: 50 };

let stack: AuthApi;
let replica: AuthApi;
beforeAll(async () => {
  stack = await startAuthApi({ env: localTrial });
  replica = await startAuthApi({ env: localTrial, beside: stack });
});
afterAll(async () => {
  await replica?.close();
  await stack?.close();
});

const announce = async (id: string, ...entities: ('contact-center' | 'contact-center-end')[]) => {
  for (const entity of entities) await announceChange(stack, { entity, id, contactCenterId: id });
};

async function place() {
  const id = randomUuid();
  const made = { ...demoContactCenter, id, domains: [`domain-${id}`] };
  const { contactCenters } = stack.environmentApi;
  contactCenters.set(id, made);
  return {
    id,
    async remove() {
      contactCenters.delete(id);
      await announce(id, 'contact-center', 'contact-center-end');
    },
    /** Environment API asks for the end of the former one, and announces the deletion late. */
    async bringBackUnheard() {
      contactCenters.delete(id);
      const headers = { authorization: basicAuthorization(serviceClient.id, serviceClient.secret) };
      const { statusCode } = await stack.internalApp.inject({
        ...{ method: 'POST', url: contactCenterEndsPath, headers },
        payload: { data: { contactCenterId: id } },
      });
      contactCenters.set(id, { ...made, version: 2 });
      return statusCode;
    },
    /** As an import does it. */
    async bringBack() {
      contactCenters.set(id, { ...made, version: 2 });
      await announce(id, 'contact-center');
    },
    async switchOff() {
      contactCenters.set(id, { ...made, status: 'disabled', version: 2 });
      await announce(id, 'contact-center', 'contact-center-end');
    },
  };
}

const listed = async <T>(path: string) => (await opsCall(stack, 'GET', path)).json<{ data: T[] }>().data;
const administrators = async () => (await listed<{ sub: string }>(administratorsPath)).map(({ sub }) => sub);
const eventsOf = async (name: string, field: string, value: string) => {
  const { rows } = await stack.deps.stores.pool.query<{ fields: object }>(
    'SELECT fields FROM auth.audit_events WHERE name = $1 AND coalesce(fields->>$2, sub) = $3',
    [name, field, value],
  );
  return rows.map(({ fields }) => fields);
};

// attack: person under the id of a deleted contact centre whose administrator is on the list | CWE-672, ASVS 8.2.2 | guard: services/auth-api/src/registry/administrators/service.ts
it('an administrator of a deleted contact centre is nobody in the next one of that id', async () => {
  const { id, remove, bringBack } = await place();
  const [gone, stays] = [randomUuid(), randomUuid()];
  await addAdministrator(stack, { user: gone, contactCenter: id, way: passwordWay });
  await addAdministrator(stack, { user: stays, way: passwordWay });
  await remove();
  await expect.poll(administrators, soon).not.toContain(gone);
  expect(await administrators()).toContain(stays);
  // Two replicas heard of it.
  expect(await eventsOf('administrator_removed', 'none', gone)).toEqual([
    expect.objectContaining({ actor: 'contact centre deleted' }),
  ]);
  await bringBack();
  const opens = async (at: AuthApi, sub: string, contactCenter: string) => {
    const token = await consoleToken(stack, { sub, contactCenterId: contactCenter });
    return (await opsCall(at, 'GET', '/auth/v3/ops/signing-keys', undefined, token)).status;
  };
  for (const at of [stack, replica]) {
    await expect.poll(() => opens(at, gone, id), soon).toBe(403);
    expect(await opens(at, stays, contactCenterId)).toBe(200);
  }
});

// attack: receiver of signals of a deleted contact centre is told of the people of the next one of its id | CWE-672, ASVS 8.2.2 | guard: services/auth-api/src/keys/signals/receivers.ts
it('a receiver of signals of a deleted contact centre is told of nobody in the next one of that id', async () => {
  const { id, remove } = await place();
  const register = async (contactCenterIds: string[]) => {
    const data = { endpoint: 'http://127.0.0.1:9/events', audience: 'receiver', contactCenterIds };
    const answer = await opsCall(stack, 'POST', receiversPath, { data });
    return answer.json<{ data: { id: string } }>().data.id;
  };
  const [ofIt, ofBoth, ofAll] = [
    await register([id]),
    await register([id, contactCenterId]),
    await register([]),
  ];
  const places = async () =>
    Object.fromEntries(
      (await listed<{ id: string; contactCenterIds: string[] }>(receiversPath)).map((one) => [
        one.id,
        one.contactCenterIds,
      ]),
    );
  await remove();
  await expect.poll(places, soon).toEqual({ [ofBoth]: [contactCenterId], [ofAll]: [] });
  expect(await eventsOf('signal_receiver_deleted', 'receiver', ofIt)).toHaveLength(1);
  expect(await eventsOf('signal_receiver_updated', 'receiver', ofBoth)).toHaveLength(1);
  for (const at of [stack, replica])
    await expect.poll(() => at.deps.signals.receivers.find(ofIt), soon).toBeUndefined();
});

// attack: administrator and session of a deleted contact centre that was restored before Auth API heard of its deletion | CWE-613, ASVS 8.3.2 | guard: services/auth-api/src/operations/changes/contact-center-end-routes.ts
it('the former rights of a contact centre end before it is restored, and later ones stay', async () => {
  const { id, bringBackUnheard } = await place();
  const [former, later] = [randomUuid(), randomUuid()];
  await appoint(stack, id, { user: former, rights: ['administrator'] });
  const open = (token: string, at = stack) =>
    opsCall(at, 'GET', `/auth/v3/ops${appointmentsPath(id)}`, undefined, token);
  const session = await consoleToken(stack, { sub: former, contactCenterId: id });
  expect((await open(session)).status).toBe(200);

  expect(await bringBackUnheard()).toBe(200);
  for (const at of [stack, replica])
    await expect.poll(async () => (await open(session, at)).status, soon).toBe(401);
  const signedInAgain = await consoleToken(stack, { sub: former, contactCenterId: id });
  expect((await open(signedInAgain)).status).toBe(403);

  expect((await appoint(stack, id, { user: later, rights: ['administrator'] })).status).toBe(200);
  await announce(id, 'contact-center', 'contact-center-end', 'contact-center');
  const next = await place();
  const gone = randomUuid();
  await addAdministrator(stack, { user: gone, contactCenter: next.id, way: passwordWay });
  // Changes come in their order.
  await next.remove();
  await expect.poll(administrators, soon).not.toContain(gone);
  const { administrators: listed } = (await open(operatorAuthorization)).json<{
    data: { administrators: { sub: string }[] };
  }>().data;
  expect(listed.map(({ sub }) => sub)).toEqual([later]);
});

it('what belongs to a contact centre that was only switched off stays', async () => {
  const { id, switchOff } = await place();
  const sub = randomUuid();
  await addAdministrator(stack, { user: sub, contactCenter: id, way: passwordWay });
  await switchOff();
  const later = await place();
  const next = randomUuid();
  await addAdministrator(stack, { user: next, contactCenter: later.id, way: passwordWay });
  // Changes come in their order.
  await later.remove();
  await expect.poll(administrators, soon).not.toContain(next);
  expect(await administrators()).toContain(sub);
});
