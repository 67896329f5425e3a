/** The list of a contact centre: who is on it, who may change it, and what it does to tokens of the console. */
import { runCommand } from '@gatehouse/cli/run-command';
import { consoleClientId } from '@gatehouse/contracts/auth-api';
import { contactCenterRightNames, contactCenterRights } from '@gatehouse/contracts/values';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Estate, second, startEstate } from '../../operations/help-desk/stack.ts';
import {
  contactCenterId as center,
  internalAppOf,
  otherContactCenterId as other,
  serviceClient,
} from '../../stack/auth-api.ts';
import { operatorEnvironment } from '../../stack/command-line.ts';
import {
  appoint,
  appointmentsPath,
  consoleToken,
  contactCenterAdministrator,
  letAdministratorsAppoint,
} from '../../stack/console.ts';
import { createClient, introspect, opsCall, type TestClient } from '../../stack/oauth.ts';

let estate: Estate;
let observer: TestClient;
beforeAll(async () => {
  estate = await startEstate();
  observer = await createClient(estate.stack, { internalClient: true });
});
afterAll(() => estate?.close());

const call = (method: 'GET' | 'DELETE', path: string, authorization?: string) =>
  opsCall(estate.stack, method, `/auth/v3/ops${path}`, undefined, authorization);
const remove = (sub: string, by?: string, query = '') =>
  call('DELETE', `${appointmentsPath(center)}/${sub}${query}`, by);
const list = async () =>
  (await call('GET', appointmentsPath(center))).json<{
    data: { administratorsAppoint: boolean; administrators: { sub: string; rights: string[] }[] };
  }>().data;
const reasonOf = ({ status, json }: Awaited<ReturnType<typeof appoint>>) => [
  status,
  json<{ status: { reason?: string } }>().status.reason,
];

/** What the token of somebody on the list opens, at a replica that hears of changes. */
async function opens(authorization: string) {
  const status = async (path: string) =>
    (await opsCall(estate.replica, 'GET', `/auth/v3/ops${path}`, undefined, authorization)).status;
  return [
    await status(`/people?contactCenter=${center}&search=p`),
    await status('/clients'),
    await status('/signing-keys'),
  ];
}
const opened = { administrator: [200, 200, 403], 'help-desk': [200, 403, 403], auditor: [200, 200, 403] };
const nothing = [403, 403, 403];

describe('an entry of the list of a contact centre', () => {
  it.each(contactCenterRightNames)(
    'gives the right %s, in the token too, until it is removed',
    async (right) => {
      const sub = randomUuid();
      const before = await consoleToken(estate.stack, { sub });
      const added = await appoint(estate.stack, center, { user: sub, rights: [right], note: 'ticket 4712' });
      expect(added.json()).toMatchObject({
        data: { sub, rights: [right], way: 'password', note: 'ticket 4712' },
      });
      const authorization = await consoleToken(estate.stack, { sub });
      expect(await opens(authorization)).toEqual(opened[right]);
      const { authorities } = await introspect(estate.stack, observer, authorization.slice('Bearer '.length));
      expect(authorities).toEqual(['ROLE_USER', contactCenterRights[right]]);
      // A sign-in from before the entry may be anybody's.
      expect(await opens(before)).toEqual(nothing);
      expect(reasonOf(await appoint(estate.stack, center, { user: sub, rights: ['auditor'] }))).toEqual([
        409,
        'already_so',
      ]);
      expect((await remove(sub, undefined, '?evenLast=true')).status).toBe(200);
      await expect.poll(() => opens(authorization), second).toEqual(nothing);
    },
  );

  it('gives an agent of the help desk who is an auditor, too, what either right allows', async () => {
    const sub = randomUuid();
    const locked = await estate.someone();
    const added = await appoint(estate.stack, center, {
      user: sub,
      rights: ['auditor', 'help-desk', 'auditor'],
    });
    expect(added.json()).toMatchObject({ data: { rights: ['help-desk', 'auditor'] } });
    const both = await consoleToken(estate.stack, { sub });
    // One right by a mapping of groups, the other one by the list.
    const other = randomUuid();
    await appoint(estate.stack, center, { user: other, rights: ['auditor'] });
    const mapped = { authorities: ['ROLE_USER', contactCenterRights['help-desk']] };
    for (const authorization of [both, await consoleToken(estate.stack, { sub: other }, mapped)]) {
      expect(await opens(authorization)).toEqual(opened.auditor);
      const unlocked = `/people/delays?contactCenter=${center}&user=${locked.userName}`;
      expect((await call('DELETE', unlocked, authorization)).status).toBe(200);
      expect((await call('DELETE', `/clients/${observer.clientId}`, authorization)).status).toBe(403);
      const { authorities } = await introspect(estate.stack, observer, authorization.slice('Bearer '.length));
      expect(authorities).toEqual([
        'ROLE_USER',
        contactCenterRights['help-desk'],
        contactCenterRights.auditor,
      ]);
    }
    const [one] = (await list()).administrators.filter((entry) => entry.sub === sub);
    expect(one).toMatchObject({ rights: ['help-desk', 'auditor'] });
  });

  // attack: entry of the list of a contact centre used by another way, at another place, or by another client | CWE-290, ASVS 8.2.1 | guard: services/auth-api/src/registry/administrators/known-administrators.ts
  it('counts for the way of sign-in and the contact centre that it names, at the console alone', async () => {
    const sub = randomUuid();
    await appoint(estate.stack, center, {
      user: sub,
      rights: ['administrator'],
      way: 'oidc https://login.example',
    });
    expect(await opens(await consoleToken(estate.stack, { sub }))).toEqual(nothing);
    const local = randomUuid();
    await appoint(estate.stack, center, { user: local, rights: ['administrator'] });
    for (const token of [
      await consoleToken(estate.stack, { sub: local, contactCenterId: other }),
      await consoleToken(estate.stack, { sub: local }, { clientId: 'agent-workspace' }),
    ])
      expect(await opens(token)).toEqual(nothing);
    expect(await opens(await consoleToken(estate.stack, { sub: local }))).toEqual(opened.administrator);
  });

  // attack: right of a help-desk agent who was removed, in the tokens that are out | CWE-613, ASVS 8.3.2 | guard: services/auth-api/src/registry/administrators/known-administrators.ts
  it('is gone on every replica within a second after its removal', async () => {
    const sub = randomUuid();
    await appoint(estate.stack, center, { user: sub, rights: ['help-desk'] });
    const authorization = await consoleToken(estate.stack, { sub });
    expect(await opens(authorization)).toEqual(opened['help-desk']);
    await remove(sub);
    await expect.poll(() => opens(authorization), second).toEqual(nothing);
  });

  it('leaves events with the contact centre, the person and who did it', async () => {
    const sub = randomUuid();
    const administrator = await contactCenterAdministrator(estate.stack, { sub: randomUuid() });
    await letAdministratorsAppoint(estate.stack, center);
    await appoint(estate.stack, center, { user: sub, rights: ['auditor'] }, administrator);
    await remove(sub);
    const changes = { rights: { to: ['auditor'] }, way: { to: 'password' } };
    expect(await estate.eventsOf({ user: sub })).toMatchObject([
      { name: 'appointee_removed', contactCenterId: center, fields: { actor: 'ops' } },
      {
        name: 'appointee_added',
        contactCenterId: center,
        fields: { actorClient: consoleClientId, changes },
      },
    ]);
    await letAdministratorsAppoint(estate.stack, center, false);
    expect((await estate.eventsOf({ name: 'appointing_changed' }))[0]).toMatchObject({
      contactCenterId: center,
      fields: { changes: { administratorsAppoint: { from: true, to: false } } },
    });
  });
});

describe('an administrator of the contact centre', () => {
  // attack: administrator of a contact centre who gives rights without being let | CWE-269, ASVS 8.2.1 | guard: services/auth-api/src/registry/administrators/appointments.ts
  it('changes the list only where the installation allows it', async () => {
    const administrator = await contactCenterAdministrator(estate.stack, { sub: randomUuid() });
    const sub = randomUuid();
    const add = () => appoint(estate.stack, center, { user: sub, rights: ['administrator'] }, administrator);
    await letAdministratorsAppoint(estate.stack, center, false);
    expect(reasonOf(await add())).toEqual([403, 'appointing_not_allowed']);
    await letAdministratorsAppoint(estate.stack, center);
    expect((await add()).status).toBe(200);
    await letAdministratorsAppoint(estate.stack, center, false);
    expect(reasonOf(await remove(sub, administrator, '?evenLast=true'))).toEqual([
      403,
      'appointing_not_allowed',
    ]);
    expect((await list()).administratorsAppoint).toBe(false);
    const patch = await opsCall(
      estate.stack,
      'PATCH',
      `/auth/v3/ops${appointmentsPath(center)}`,
      { data: { administratorsAppoint: true } },
      administrator,
    );
    expect(patch.status).toBe(403);
  });

  // attack: administrator by a group who gives the same right to themselves for good | CWE-269, ASVS 8.2.1 | guard: services/auth-api/src/registry/administrators/appointments.ts
  it('puts nobody on the list under the own sub', async () => {
    const sub = randomUuid();
    const administrator = await contactCenterAdministrator(estate.stack, { sub });
    await letAdministratorsAppoint(estate.stack, center);
    for (const right of contactCenterRightNames)
      expect(
        reasonOf(await appoint(estate.stack, center, { user: sub, rights: [right] }, administrator)),
      ).toEqual([403, 'own_right']);
  });

  // attack: administrator of one contact centre gives rights in another one | CWE-639, ASVS 8.2.2 | guard: services/auth-api/src/registry/administrators/appointment-routes.ts
  it('is told of another contact centre what is told of none', async () => {
    const administrator = await contactCenterAdministrator(estate.stack, { sub: randomUuid() });
    await letAdministratorsAppoint(estate.stack, other);
    const data = { user: randomUuid(), rights: ['administrator'] };
    for (const place of [other, randomUuid()]) {
      expect((await appoint(estate.stack, place, data, administrator)).status).toBe(404);
      expect((await call('GET', appointmentsPath(place), administrator)).status).toBe(404);
      expect((await call('DELETE', `${appointmentsPath(place)}/${data.user}`, administrator)).status).toBe(
        404,
      );
    }
  });
});

it('refuses what is not right, by the name of the field', async () => {
  const wrong = await appoint(estate.stack, center, { user: randomUuid(), rights: ['everything'] });
  expect(wrong.status).toBe(400);
  expect(wrong.body).toContain('data.rights');
  expect(wrong.body).toContain('help-desk');
  const misspelt = await appoint(estate.stack, center, { user: randomUuid(), rights: ['auditor'], wey: 'x' });
  expect(misspelt.status).toBe(400);
  expect((await appoint(estate.stack, center, { user: 'nobody-here', rights: ['auditor'] })).status).toBe(
    404,
  );
  const elsewhere = await appoint(estate.stack, center, { user: 'another\\agent', rights: ['auditor'] });
  expect(elsewhere.status).toBe(404);
});

it('tells who removes the last administrator of the list, and removes the person only then', async () => {
  for (const { sub } of (await list()).administrators) await remove(sub, undefined, '?evenLast=true');
  const [first, last, agent] = [randomUuid(), randomUuid(), randomUuid()];
  for (const user of [first, last]) await appoint(estate.stack, center, { user, rights: ['administrator'] });
  await appoint(estate.stack, center, { user: agent, rights: ['help-desk'] });
  expect((await remove(first)).status).toBe(200);
  expect(reasonOf(await remove(last))).toEqual([409, 'last_one']);
  expect((await remove(agent)).status).toBe(200);
  expect((await remove(last, undefined, '?evenLast=true')).status).toBe(200);
  expect((await remove(last)).status).toBe(404);
});

it('is told to Environment API as the right of a number', async () => {
  const person = await estate.someone();
  await appoint(estate.stack, other, { user: person.userName, rights: ['auditor'] });
  await appoint(estate.stack, center, { user: person.userName, rights: ['help-desk', 'auditor'] });
  const headers = { authorization: `Basic ${btoa(`${serviceClient.id}:${serviceClient.secret}`)}` };
  const answer = await internalAppOf(estate.stack.app).inject({
    ...{ method: 'POST', url: '/auth/v3/internal/administrator-places', headers },
    payload: { data: { contactCenterId: center, dbid: person.dbid } },
  });
  expect(answer.json().data).toMatchObject({
    isAdministrator: false,
    hasList: true,
    rights: ['help-desk', 'auditor'],
  });
});

it('is shown, gets people and loses them by the command line', async () => {
  const env = await operatorEnvironment(estate.stack);
  const { userName } = await estate.someone();
  const run = (...args: string[]) =>
    runCommand(['administrators', ...args, '--contact-center', center, '--yes'], { env, input: '' });
  const added = await run('add', userName, '--right', 'help-desk,auditor', '--note', 'nights');
  expect(added.out).toContain(`demo\\${userName} has the right help-desk, auditor`);
  const entry = (await list()).administrators.at(-1);
  expect((await run('list')).out).toMatch(
    new RegExp(`${userName}.*help-desk, auditor.*${entry?.sub}.*nights`),
  );
  expect((await run('add', 'x', '--right', 'installation,auditor')).error).toContain('give it alone');
  expect((await run('add', userName, '--right', 'helpdesk')).error).toContain(
    'must be one of "administrator"',
  );
  expect((await run('remove', entry?.sub ?? '')).exitCode).toBe(0);
  expect((await run('list')).out).not.toContain('nights');
  expect((await run('appoint', 'yes')).out).toContain('change the list');
  expect((await list()).administratorsAppoint).toBe(true);
});
