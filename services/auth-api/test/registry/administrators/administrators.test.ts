/** The list of installation administrators, and what it does to tokens of the console, with two replicas. */
import { runCommand } from '@gatehouse/cli/run-command';
import { consoleClientId, visitorAddressHeader } from '@gatehouse/contracts/auth-api';
import { installationAdminAuthority } from '@gatehouse/contracts/resources';
import { passwordWay } from '@gatehouse/contracts/values';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Estate, second, startEstate } from '../../operations/help-desk/stack.ts';
import { contactCenterId, internalAppOf, ops, serviceClient } from '../../stack/auth-api.ts';
import { operatorEnvironment } from '../../stack/command-line.ts';
import {
  addAdministrator,
  administratorsPath,
  consoleToken,
  operatorByLink,
  removeAdministrator,
} from '../../stack/console.ts';
import { createClient, introspect, opsCall, type TestClient } from '../../stack/oauth.ts';

let estate: Estate;
let observer: TestClient;
beforeAll(async () => {
  estate = await startEstate();
  observer = await createClient(estate.stack, { internalClient: true });
});
afterAll(() => estate?.close());

interface Entry {
  sub: string;
  name: string;
  note?: string;
  addedBy: string;
}

const list = async () =>
  (await opsCall(estate.stack, 'GET', administratorsPath)).json<{ data: Entry[] }>().data;

async function administrator() {
  const sub = randomUuid();
  await addAdministrator(estate.stack, { user: sub });
  return { sub, authorization: await consoleToken(estate.stack, { sub }) };
}

/** What the other replica says of the token. */
async function authoritiesAt(at: Pick<Estate['stack'], 'app'>, authorization: string): Promise<unknown> {
  return (await introspect(at, observer, authorization.slice('Bearer '.length)))['authorities'];
}

const hasRight = async (authorization: string, at: Pick<Estate['stack'], 'app'> = estate.replica) =>
  ((await authoritiesAt(at, authorization)) as string[]).includes(installationAdminAuthority);

describe('the list of installation administrators', () => {
  it('names people by sub, and by user name with the contact centre', async () => {
    const { userName, signIn } = await estate.someone();
    await signIn(await createClient(estate.stack));
    const added = await addAdministrator(estate.stack, {
      user: userName,
      contactCenter: 'demo',
      note: 'ticket 4711',
    });
    expect(added.status).toBe(200);
    const { data } = added.json<{ data: Entry }>();
    expect(data).toMatchObject({ name: `demo\\${userName}`, note: 'ticket 4711', addedBy: ops.username });
    const unseen = randomUuid();
    await addAdministrator(estate.stack, { user: unseen.toUpperCase() });
    expect(await list()).toEqual(
      expect.arrayContaining([data, expect.objectContaining({ sub: unseen, name: unseen })]),
    );

    expect((await addAdministrator(estate.stack, { user: data.sub })).status).toBe(409);
    const bare = await opsCall(estate.stack, 'POST', administratorsPath, { data: { user: randomUuid() } });
    expect(bare.status).toBe(400);
    expect(bare.body).toContain('contactCenter');
    const misspelt = { user: randomUuid(), way: 'provider' };
    expect((await addAdministrator(estate.stack, misspelt)).status).toBe(400);
    expect((await addAdministrator(estate.stack, { user: 'nobody', contactCenter: 'demo' })).status).toBe(
      404,
    );
    expect((await removeAdministrator(estate.stack, data.sub)).status).toBe(200);
    expect((await removeAdministrator(estate.stack, data.sub)).status).toBe(404);
  });

  it('leaves an event with the entry before and after, by whom and from which client', async () => {
    const first = await administrator();
    const sub = randomUuid();
    await addAdministrator(estate.stack, { user: sub, note: 'holidays' }, first.authorization);
    await removeAdministrator(estate.stack, sub, await operatorByLink(estate.stack));

    const events = await estate.eventsOf({ user: sub });
    const entry = { sub, name: sub, note: 'holidays', addedBy: first.sub };
    expect(events).toMatchObject([
      {
        name: 'administrator_removed',
        fields: {
          actor: ops.username,
          actorClient: consoleClientId,
          linkRequest: 'request-of-the-link',
          changes: { note: { from: entry.note } },
        },
      },
      {
        name: 'administrator_added',
        fields: {
          actor: first.sub,
          actorClient: consoleClientId,
          changes: { sub: { to: sub }, note: { to: entry.note }, addedBy: { to: first.sub } },
        },
      },
    ]);
  });

  // attack: address in the audit trail that the caller made up | ASVS 16.2.1, CWE-348 | guard: packages/service-kit/src/http/visitor-address.ts
  it('is changed under the address that Auth UI tells of its visitor, and under none that others tell', async () => {
    const { authorization } = await administrator();
    const addressOf = async (by: string | undefined, told: string) => {
      const user = randomUuid();
      const headers = { [visitorAddressHeader]: told };
      const data = { user, contactCenter: 'demo' };
      await opsCall(estate.stack, 'POST', administratorsPath, { data }, by, headers);
      return (await estate.eventsOf({ user })).map(({ clientAddress }) => clientAddress);
    };
    expect(await addressOf(authorization, '203.0.113.9')).toEqual(['203.0.113.9']);
    expect(await addressOf(authorization, '203.0.113.9, 10.0.0.1')).toEqual(['127.0.0.1']);
    expect(await addressOf(undefined, '203.0.113.9')).toEqual(['127.0.0.1']);
  });

  it('lets an administrator remove anybody, also the person themselves', async () => {
    const [first, another] = [await administrator(), await administrator()];
    expect((await removeAdministrator(estate.stack, another.sub, first.authorization)).status).toBe(200);
    expect((await removeAdministrator(estate.stack, first.sub, first.authorization)).status).toBe(200);
    expect((await removeAdministrator(estate.stack, first.sub, first.authorization)).status).toBe(403);
  });

  // attack: session under the name of a person from before the person becomes an administrator | CWE-613, ASVS 8.3.2 | guard: services/auth-api/src/registry/administrators/known-administrators.ts
  it('counts for no sign-in from before the entry', async () => {
    const sub = randomUuid();
    const session = { sid: randomUuid(), authTimeMs: estate.stack.deps.now() - 1_000, amr: ['pwd'] };
    const before = await consoleToken(estate.stack, { sub }, { session });
    await addAdministrator(estate.stack, { user: sub });
    const since = await consoleToken(estate.stack, { sub });
    await expect.poll(() => hasRight(since), second).toBe(true);
    expect(await hasRight(before)).toBe(false);
    const call = await opsCall(estate.stack, 'GET', '/auth/v3/ops/signing-keys', undefined, before);
    expect(call.status).toBe(403);
  });

  it('is read at an introspection by every replica, within a second', async () => {
    const sub = randomUuid();
    await addAdministrator(estate.stack, { user: sub });
    const authorization = await consoleToken(estate.stack, { sub });
    await expect.poll(() => hasRight(authorization), second).toBe(true);
    expect(await authoritiesAt(estate.replica, authorization)).toEqual([
      'ROLE_USER',
      installationAdminAuthority,
    ]);

    const internal = await internalAppOf(estate.stack.app).inject({
      method: 'POST',
      url: '/auth/v3/internal/introspect',
      headers: {
        authorization: `Basic ${btoa(`${serviceClient.id}:${serviceClient.secret}`)}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      payload: `token=${authorization.slice('Bearer '.length)}`,
    });
    expect(internal.json().authorities).toContain(installationAdminAuthority);
  });

  // attack: right of an administrator who was removed, in the tokens that are out | CWE-613, ASVS 8.3.2 | guard: services/auth-api/src/registry/administrators/known-administrators.ts
  it('counts no more, on every replica within a second, for somebody who was removed', async () => {
    const { sub, authorization } = await administrator();
    await expect.poll(() => hasRight(authorization), second).toBe(true);
    await removeAdministrator(estate.stack, sub);
    expect(await hasRight(authorization, estate.stack)).toBe(false);
    await expect.poll(() => hasRight(authorization), second).toBe(false);
    expect(
      (await opsCall(estate.replica, 'GET', '/auth/v3/ops/clients', undefined, authorization)).status,
    ).toBe(403);
  });

  // attack: removal of an administrator that is announced to no replica | CWE-613 | guard: services/auth-api/src/registry/administrators/known-administrators.ts
  it('is in force within a second although nobody announces it', async () => {
    const { sub, authorization } = await administrator();
    await expect.poll(() => hasRight(authorization), second).toBe(true);
    await estate.stack.deps.core.pool.query('DELETE FROM auth.installation_administrators WHERE sub = $1', [
      sub,
    ]);
    await expect.poll(() => hasRight(authorization), second).toBe(false);
  });

  // attack: list of administrators that cannot be read, and counts as it was | ASVS 16.5.3 | guard: services/auth-api/src/registry/administrators/known-administrators.ts
  it('makes nobody an administrator while it cannot be read', async () => {
    const { authorization } = await administrator();
    const { pool } = estate.replica.deps.core;
    await expect.poll(() => hasRight(authorization), second).toBe(true);
    const query = vi.spyOn(pool, 'query').mockRejectedValue(new Error('PostgreSQL is away') as never);
    await expect.poll(() => hasRight(authorization), second).toBe(false);
    query.mockRestore();
    await expect.poll(() => hasRight(authorization), second).toBe(true);
    expect(estate.replica.logged()).toContain('nobody counts as one');
  });
});

// attack: client that administers clients puts a person of its own on the list | CWE-269 | guard: services/auth-api/src/oauth/client-authentication/ops-matrix.ts
it('is neither shown to a managing client nor changed by it', async () => {
  const client = await consoleToken(
    estate.stack,
    { sub: '' },
    {
      ...{ clientId: observer.clientId, grantType: 'client_credentials', contactCenterIds: [] },
      ...{ authorities: ['ROLE_MANAGEMENT_APPLICATION'], sub: undefined, identity: undefined },
    },
  );
  expect((await opsCall(estate.stack, 'GET', '/auth/v3/ops/clients', undefined, client)).status).toBe(200);
  expect((await addAdministrator(estate.stack, { user: randomUuid() }, client)).status).toBe(403);
  expect((await opsCall(estate.stack, 'GET', administratorsPath, undefined, client)).status).toBe(403);
});

describe('an entry of a release before', () => {
  const old = async () => {
    const sub = randomUuid();
    await estate.stack.deps.core.pool.query(
      `INSERT INTO auth.installation_administrators (sub, name, note, added_by, added_at)
        VALUES ($1, 'demo\\old', NULL, 'ops', now()) ON CONFLICT (sub) DO NOTHING`,
      [sub],
    );
    return { sub, authorization: await consoleToken(estate.stack, { sub }) };
  };

  it('gives no right and is a problem of the installation, until the person is added again', async () => {
    const { sub, authorization } = await old();
    expect(await list()).toContainEqual(expect.not.objectContaining({ way: expect.anything() }));
    expect(await hasRight(authorization)).toBe(false);
    const problems = async () =>
      (await opsCall(estate.stack, 'GET', '/auth/v3/ops/overview'))
        .json<{ data: { problems: { runbook: string }[] } }>()
        .data.problems.map(({ runbook }) => runbook);
    expect(await problems()).toContain('an-entry-of-an-administrator-gives-no-right');

    expect((await addAdministrator(estate.stack, { user: sub })).status).toBe(200);
    const again = await consoleToken(estate.stack, { sub });
    await expect.poll(() => hasRight(again), second).toBe(true);
    expect(await problems()).not.toContain('an-entry-of-an-administrator-gives-no-right');
    const [event] = await estate.eventsOf({ user: sub });
    expect(event).toMatchObject({
      name: 'administrator_added',
      fields: { changes: { contactCenterId: { to: contactCenterId }, way: { to: passwordWay } } },
    });
  });
});

it('is told to Environment API as places and numbers, and to nobody else', async () => {
  const [listed, plain] = [await estate.someone(), await estate.someone()];
  const ask = async (
    data: object,
    authorization = `Basic ${btoa(`${serviceClient.id}:${serviceClient.secret}`)}`,
  ) => {
    const url = '/auth/v3/internal/administrator-places';
    const headers = { authorization };
    return internalAppOf(estate.stack.app).inject({ method: 'POST', url, headers, payload: { data } });
  };
  await addAdministrator(estate.stack, { user: listed.userName });
  const place = { hasAdministrators: true, isAdministrator: false, hasList: false, groups: [], rights: [] };
  expect((await ask({ contactCenterId })).json().data).toEqual(place);
  expect((await ask({ contactCenterId, dbid: plain.dbid })).json().data).toEqual(place);
  const one = await ask({ contactCenterId, dbid: listed.dbid });
  expect(one.json().data).toEqual({ ...place, isAdministrator: true });
  const other = await ask({ contactCenterId: randomUuid(), dbid: listed.dbid });
  expect(other.json().data).toEqual({ ...place, hasAdministrators: false });
  expect((await ask({ contactCenterId }, 'Basic bm86Ym9keQ==')).statusCode).toBe(401);
});

describe('the list, from the command line', () => {
  it('is shown, gets people and loses them', async () => {
    const env = await operatorEnvironment(estate.stack);
    const { userName } = await estate.someone();
    const run = (...args: string[]) => runCommand(['administrators', ...args], { env, input: '' });
    const added = await run('add', userName, '--contact-center', 'demo', '--note', 'on call', '--yes');
    expect(added.out).toContain(`demo\\${userName} is an installation administrator`);
    const [entry] = (await list()).filter(({ note }) => note === 'on call');
    expect((await run('list')).out).toMatch(new RegExp(`${userName}.*on call.*${entry?.sub}`));
    expect((await run('remove', entry?.sub ?? '', '--yes')).exitCode).toBe(0);
    expect((await run('list')).out).not.toContain('on call');
  });
});

describe('the contact centre of an administrator', () => {
  it('is in the token as before', async () => {
    const { authorization } = await administrator();
    const answer = await introspect(estate.stack, observer, authorization.slice('Bearer '.length));
    expect(answer['contact_center_ids']).toEqual([contactCenterId]);
  });
});
