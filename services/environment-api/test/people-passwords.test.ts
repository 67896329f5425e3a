/** What Auth API reads of people, and the passwords and first-password links that it stores for them. */
import { createEnvironmentApiClient, type EnvironmentApiClient } from '@gatehouse/api-client/environment-api';
import { createHttpClient } from '@gatehouse/api-client/http';
import { hashPersonPassword } from '@gatehouse/caller-auth/credentials';
import { consoleClientId } from '@gatehouse/contracts/auth-api';
import { personChangeId, personPasswordPlace } from '@gatehouse/contracts/environment-api';
import { type ContactCenterRight, contactCenterRights } from '@gatehouse/contracts/values';
import { randomToken, sha256 } from '@gatehouse/service-kit/crypto';
import { watchSecret } from '@gatehouse/testing/secrets';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPeopleStore } from './people-store.ts';
import { type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;
let client: EnvironmentApiClient;
let close: () => Promise<void>;
let store: Awaited<ReturnType<typeof createPeopleStore>>;

beforeAll(async () => {
  api = await startApi({
    env: { GATEHOUSE_PUBLIC_URL: 'https://login.example.com' },
  });
  const baseUrl = await api.internalApp.listen({ host: '127.0.0.1', port: 0 });
  const authorization = api.authApi.token({ internal_client: true });
  const http = createHttpClient({
    dependency: 'Environment API',
    baseUrl,
    authorization: async () => authorization,
  });
  client = createEnvironmentApiClient(http);
  close = http.close;
  store = await createPeopleStore(api);
});
afterAll(async () => {
  await close();
  await api.close();
});

const seal = async (id: string, password: string) =>
  api.deps.core.secretBox.seal(await hashPersonPassword(password), personPasswordPlace(id));

async function linkFor(personId: string, headers: Record<string, string> = {}): Promise<string> {
  const answer = await api.call('POST', linkPath(personId), { headers });
  expect(answer.status).toBe(200);
  const code = new URL(answer.body.data.url).searchParams.get('code') ?? '';
  watchSecret(code, 'code of a first-password link');
  return code;
}

const linkPath = (personId: string) =>
  `/contact-centers/${store.contactCenterId}/people/${personId}/password-link`;

async function changesOf(work: () => Promise<unknown>) {
  const { latest } = await client.changesSince(0);
  await work();
  const { changes } = await client.changesSince(latest);
  return changes.map(({ entity, id }) => `${entity} ${id}`);
}

const refusedWith = (status: number) => expect.objectContaining({ status });

describe('a link for a first password', () => {
  it('is told of as long as it works and the person has no password', async () => {
    const { id, dbid } = await store.add();
    const told = async () => {
      const answer = await client.findPeople(store.environmentId, { dbid: String(dbid) });
      return answer.outcome === 'found' ? answer.data.people[0]?.passwordLinkEndsAt : 'nobody';
    };
    expect(await told()).toBeUndefined();
    await linkFor(id);
    expect(Date.parse((await told()) ?? '')).toBeGreaterThan(Date.now());
    const searched = await client.searchPeople(store.environmentId, { text: '', limit: 50 });
    expect(searched.find((person) => person.dbid === dbid)).toMatchObject({
      hasPassword: false,
      passwordLinkEndsAt: await told(),
    });
    await api.pool.query('UPDATE environment.password_links SET expires_at = now() WHERE person_id = $1', [
      id,
    ]);
    expect(await told()).toBeUndefined();
  });
});

describe('a person', () => {
  it('is found by each name in any spelling, with the groups', async () => {
    const person = await store.add({
      userName: 'Élodie.Martin',
      email: 'Elodie@Example.com',
      externalId: 'ext-1',
      password: 'a-long-enough-password',
      groups: ['Supervisors', 'Agents'],
    });
    const expected = { id: person.id, dbid: person.dbid, userName: 'Élodie.Martin', isActive: true };
    for (const name of [
      { dbid: String(person.dbid) },
      { userName: ' e\u0301LODIE.martin' },
      { email: 'elodie@EXAMPLE.com' },
      { externalId: 'ext-1' },
    ]) {
      const found = await client.findPeople(store.environmentId, name);
      expect(found).toMatchObject({ outcome: 'found', data: { people: [expected] } });
      if (found.outcome !== 'found') throw new Error('not found');
      const [view] = found.data.people;
      expect(view?.groups).toEqual(['Agents', 'Supervisors']);
      const envelope = view?.passwordEnvelope ?? '';
      expect(api.deps.core.secretBox.open(envelope, personPasswordPlace(person.id)).toString()).toBe(
        person.hash,
      );
    }
    const elsewhere = await client.findPeople(await api.environment(), { userName: 'élodie.martin' });
    expect(elsewhere).toMatchObject({ data: { people: [] } });
  });

  // attack: stop all logins by a person whose groups fill the answer | CWE-770, API4:2023 | guard: services/environment-api/src/people/person-view.ts
  it('is shown with a thousand groups at most', async () => {
    const { id, dbid } = await store.add();
    await api.pool.query(
      `WITH made AS (
          INSERT INTO environment.people_groups (id, environment_id, name, name_key)
          SELECT gen_random_uuid(), $1, 'of many ' || number, 'of many ' || number FROM generate_series(1, 1100) number
          RETURNING id
        )
        INSERT INTO environment.people_group_members (group_id, person_id) SELECT id, $2 FROM made`,
      [store.environmentId, id],
    );
    const found = await client.findPeople(store.environmentId, { dbid: String(dbid) });
    expect(found.outcome === 'found' && found.data.people[0]?.groups).toHaveLength(1_000);
  });

  it.each(['', '?userName=a&email=b', '?dbid=0', '?dbid=x', '?dbid=2147483648', '?userName='])(
    'is not asked for by %j',
    async (query) => {
      const authorization = api.authApi.token({ internal_client: true });
      const path = `/internal/environments/${store.environmentId}/people${query}`;
      expect(await api.call('GET', path, { headers: { authorization } })).toMatchObject({ status: 400 });
    },
  );

  it('is listed with those in the same state, in order of numbers', async () => {
    const inactive = await Promise.all([1, 2, 3].map(() => store.add({ isActive: false })));
    const dbids = inactive.map(({ dbid }) => dbid).sort((one, other) => one - other);
    const list = (after: number) =>
      client.peopleNumbers(store.environmentId, { state: 'inactive', after, limit: 2 });
    expect(await list(0)).toEqual(dbids.slice(0, 2));
    expect(await list(dbids[1] ?? 0)).toEqual(dbids.slice(2));
    const active = await client.peopleNumbers(store.environmentId, { state: 'active', after: 0, limit: 100 });
    expect(active.length).toBeGreaterThan(0);
    expect(active.filter((dbid) => dbids.includes(dbid))).toEqual([]);
  });
});

describe('the list of groups', () => {
  it('has the groups of each person of the environment, in order of numbers, page by page', async () => {
    const own = await createPeopleStore(api);
    const added = [
      await own.add({ userName: 'lead', groups: ['Leads', 'Agents'] }),
      await own.add({ userName: 'plain', isActive: false }),
      await own.add({ userName: 'agent', groups: ['Agents'] }),
    ];
    const read = async (after: number) => {
      const { signal } = new AbortController();
      const answer = await client.groupsOfPeople(own.environmentId, { after, limit: 2 }, signal);
      return answer.outcome === 'found' ? answer.data.people : answer.outcome;
    };
    const [lead, plain, agent] = added.map(({ dbid }) => dbid);
    expect(await read(0)).toEqual([
      { dbid: lead, userName: 'lead', isActive: true, groups: ['Agents', 'Leads'] },
      { dbid: plain, userName: 'plain', isActive: false, groups: [] },
    ]);
    expect(await read(plain ?? 0)).toEqual([
      { dbid: agent, userName: 'agent', isActive: true, groups: ['Agents'] },
    ]);
  });

  it.each(['after=-1', 'limit=0', 'limit=1001'])('is not asked for by %j', async (query) => {
    const authorization = api.authApi.token({ internal_client: true });
    const path = `/internal/environments/${store.environmentId}/people/groups?${query}`;
    expect(await api.call('GET', path, { headers: { authorization } })).toMatchObject({ status: 400 });
  });
});

describe('an own password', () => {
  it('replaces the one that was compared, once, and says nothing of it in the audit trail', async () => {
    const { id, dbid, hash } = await store.add({ password: 'the-password-before' });
    const passwordEnvelope = await seal(id, 'another-long-password');
    const change = () =>
      client.setPersonPassword(store.environmentId, dbid, { passwordEnvelope, insteadOf: hash });
    let changedAt = 0;
    const changes = await changesOf(async () => {
      const outcomes = await Promise.allSettled([change(), change()]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      for (const outcome of outcomes) {
        if (outcome.status === 'fulfilled') changedAt = outcome.value.passwordChangedAt;
        else expect(outcome.reason).toMatchObject({ status: 409 });
      }
    });
    expect(Math.abs(changedAt - Date.now() / 1000)).toBeLessThan(60);
    // The person did it: nothing that was granted since may end by it.
    expect(changes).toEqual([`person ${personChangeId(store.environmentId, dbid)}`]);
    const found = await client.findPeople(store.environmentId, { dbid: String(dbid) });
    expect(found).toMatchObject({ data: { people: [{ passwordEnvelope, passwordChangedAt: changedAt }] } });
    const entityId = encodeURIComponent(personChangeId(store.environmentId, dbid));
    const { body } = await api.call('GET', `/audit?entity=person&entityId=${entityId}`);
    expect(body.data[0]).toMatchObject({
      contactCenterId: store.contactCenterId,
      changes: { password: { from: '[secret]', to: '[secret]' } },
    });
  });

  it('is stored for nobody who is deactivated, and only as a hash that opens for the person', async () => {
    const { dbid, hash, id } = await store.add({ password: 'the-password-before' });
    const other = await store.add();
    const change = (passwordEnvelope: string) =>
      client.setPersonPassword(store.environmentId, dbid, { passwordEnvelope, insteadOf: hash });
    const plain = api.deps.core.secretBox.seal('no hash', personPasswordPlace(id));
    for (const envelope of ['v1.x', plain, await seal(other.id, 'another-long-password')])
      await expect(change(envelope)).rejects.toEqual(refusedWith(400));
    await api.pool.query('UPDATE environment.people SET is_active = false WHERE id = $1', [id]);
    await expect(change(await seal(id, 'another-long-password'))).rejects.toEqual(refusedWith(404));
  });
});

describe('a link for a first password', () => {
  // attack: redeem a stolen link beside its owner | ASVS 6.4.1 | guard: services/environment-api/src/people/password-links.ts
  it('works once, also for many at the same time', async () => {
    const { id, dbid } = await store.add();
    const code = await linkFor(id);
    const link = await client.readPasswordLink(code);
    expect(link).toMatchObject({
      environmentId: store.environmentId,
      contactCenterId: store.contactCenterId,
      person: { id, dbid },
    });
    const passwordEnvelope = await seal(id, 'a-first-long-password');
    const changes = await changesOf(async () => {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 8 }, () => client.redeemPasswordLink({ code, passwordEnvelope })),
      );
      const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(refused).toHaveLength(7);
      for (const { reason } of refused) expect(reason).toMatchObject({ status: 404 });
    });
    expect(changes).toEqual([`person ${personChangeId(store.environmentId, dbid)}`]);
    const found = await client.findPeople(store.environmentId, { dbid: String(dbid) });
    expect(found).toMatchObject({ data: { people: [{ passwordEnvelope }] } });
    // It replaces none: what single sign-on granted before is renewed as before.
    expect(found).not.toMatchObject({ data: { people: [{ passwordChangedAt: expect.any(Number) }] } });
    await expect(client.readPasswordLink(code)).rejects.toEqual(refusedWith(404));
  });

  it('ends what the password before granted', async () => {
    const { id, dbid } = await store.add({ password: 'the-password-before' });
    const code = await linkFor(id);
    const passwordEnvelope = await seal(id, 'a-first-long-password');
    const changes = await changesOf(() => client.redeemPasswordLink({ code, passwordEnvelope }));
    expect(changes).toContain(`person-end ${personChangeId(store.environmentId, dbid)}`);
    const found = await client.findPeople(store.environmentId, { dbid: String(dbid) });
    expect(found).toMatchObject({ data: { people: [{ passwordChangedAt: expect.any(Number) }] } });
  });

  // attack: use a link later | ASVS 6.4.1 | guard: services/environment-api/src/people/password-links.ts
  it('is over after 24 hours, by a newer link, by a password, and with the person', async () => {
    const { id } = await store.add({ password: 'the-password-before' });
    const replaced = await linkFor(id);
    const aged = await linkFor(id);
    await expect(client.readPasswordLink(replaced)).rejects.toEqual(refusedWith(404));
    const age = (interval: string) =>
      api.pool.query(
        'UPDATE environment.password_links SET expires_at = expires_at - $2::interval WHERE person_id = $1',
        [id, interval],
      );
    await age('23 hours 50 minutes');
    await client.readPasswordLink(aged);
    await age('10 minutes');
    await expect(client.readPasswordLink(aged)).rejects.toEqual(refusedWith(404));
    const passwordEnvelope = await seal(id, 'a-first-long-password');
    await expect(client.redeemPasswordLink({ code: aged, passwordEnvelope })).rejects.toEqual(
      refusedWith(404),
    );

    const changed = await store.add({ password: 'the-password-before' });
    const unused = await linkFor(changed.id);
    const own = await seal(changed.id, 'another-long-password');
    await client.setPersonPassword(store.environmentId, changed.dbid, {
      passwordEnvelope: own,
      insteadOf: changed.hash,
    });
    await expect(client.readPasswordLink(unused)).rejects.toEqual(refusedWith(404));

    const left = await store.add();
    const dead = await linkFor(left.id);
    await api.pool.query('UPDATE environment.people SET is_active = false WHERE id = $1', [left.id]);
    const envelope = await seal(left.id, 'a-first-long-password');
    await expect(client.redeemPasswordLink({ code: dead, passwordEnvelope: envelope })).rejects.toEqual(
      refusedWith(404),
    );
    expect(await api.call('POST', linkPath(left.id))).toMatchObject({ status: 409 });
  });

  // attack: password link made for a person before the person becomes an administrator | CWE-269, ASVS 8.2.1 | guard: services/environment-api/src/people/password-links.ts
  it('does nothing for a person who became an administrator since, unless an installation writer made it', async () => {
    const bound = {
      contact_center_ids: [store.contactCenterId],
      contact_center_id: store.contactCenterId,
      authorities: ['ROLE_MANAGEMENT_APPLICATION'],
    };
    const headers = { authorization: api.authApi.token(bound) };
    const { id, dbid } = await store.add({ password: 'the-password-before' });
    const passwordEnvelope = await seal(id, 'a-first-long-password');
    const gone = refusedWith(404);
    const isOver = async (code: string) => {
      api.authApi.administrators.push({ contactCenterId: store.contactCenterId, dbid });
      await expect.poll(() => client.readPasswordLink(code).catch((error: unknown) => error)).toEqual(gone);
      await expect(client.redeemPasswordLink({ code, passwordEnvelope })).rejects.toEqual(gone);
      api.authApi.administrators.pop();
    };
    await isOver(await linkFor(id, headers));

    // A replica of the release before replaces the link of an installation writer, and leaves the new column.
    await linkFor(id);
    const code = randomToken();
    watchSecret(code, 'code of a first-password link');
    const replace = 'UPDATE environment.password_links SET digest = $1 WHERE person_id = $2';
    await api.pool.query(replace, [sha256(code), id]);
    await isOver(code);

    const far = await linkFor(id);
    api.authApi.administrators.push({ contactCenterId: store.contactCenterId, dbid });
    expect(await client.readPasswordLink(far)).toMatchObject({ person: { dbid } });
    await client.redeemPasswordLink({ code: far, passwordEnvelope });
    api.authApi.administrators.pop();
  });

  // attack: password link made for a person before the person gets a right | CWE-269, ASVS 8.2.1 | guard: services/environment-api/src/access/administrator-places.ts
  it('does nothing for a person who got a right in the contact centre since, unless an administrator made it', async () => {
    const { contactCenterId } = store;
    const by = (right: ContactCenterRight) => ({
      authorization: api.authApi.token({
        ...{ client_id: consoleClientId, grant_type: 'authorization_code', sub: 'person-1' },
        ...{ contact_center_ids: [contactCenterId], contact_center_id: contactCenterId },
        ...{ auth_time: Math.floor(Date.now() / 1000), authorities: [contactCenterRights[right]] },
      }),
    });
    const { id, dbid } = await store.add();
    const appoint = () => api.authApi.appointed.push({ contactCenterId, dbid, rights: ['auditor'] });
    const code = await linkFor(id, by('help-desk'));
    expect(await client.readPasswordLink(code)).toMatchObject({ person: { dbid } });
    appoint();
    await expect
      .poll(() => client.readPasswordLink(code).catch((error: unknown) => error))
      .toEqual(refusedWith(404));
    const another = await linkFor(id, by('administrator'));
    expect(await client.readPasswordLink(another)).toMatchObject({ person: { dbid } });
    api.authApi.appointed.pop();
  });

  it('works for as long as the setting says that counts for the contact centre', async () => {
    const own = `/contact-centers/${store.contactCenterId}/settings`;
    const name = 'password-link-hours';
    const hours = async () => {
      const { body } = await api.call('POST', linkPath((await store.add()).id));
      watchSecret(new URL(body.data.url).searchParams.get('code') ?? '', 'code of a first-password link');
      return Math.round((Date.parse(body.data.expiresAt) - Date.now()) / 3_600_000);
    };
    await api.call('POST', '/settings', { payload: { data: { name, value: '72' } } });
    expect(await hours()).toBe(72);
    await api.call('POST', own, { payload: { data: { name, value: '2' } } });
    expect(await hours()).toBe(2);
    await api.call('DELETE', `${own}/${name}`);
    await api.call('DELETE', `/settings/${name}`);
    expect(await hours()).toBe(24);
  });

  it('is stored as a digest and leads to the public host', async () => {
    const { id } = await store.add();
    const { body, headers } = await api.call('POST', linkPath(id));
    expect(headers['cache-control']).toBe('no-store');
    expect(body.data.url).toMatch(
      /^https:\/\/login\.example\.com\/auth\/first-password\?code=[A-Za-z0-9_-]{43}$/,
    );
    expect(Math.abs(Date.parse(body.data.expiresAt) - Date.now() - 24 * 3_600_000)).toBeLessThan(60_000);
    const { rows } = await api.pool.query('SELECT * FROM environment.password_links WHERE person_id = $1', [
      id,
    ]);
    const code = new URL(body.data.url).searchParams.get('code') ?? '';
    watchSecret(code, 'code of a first-password link');
    expect(JSON.stringify(rows)).not.toContain(code);
  });

  // attack: make a link for another contact centre's person | OWASP API1:2023 | guard: services/environment-api/src/people/person-view.ts
  it('is made for people of the contact centre alone', async () => {
    const other = await createPeopleStore(api);
    const { id } = await other.add();
    expect(await api.call('POST', linkPath(id))).toMatchObject({ status: 404 });
    const authorization = api.authApi.token({
      contact_center_ids: [store.contactCenterId],
      contact_center_id: store.contactCenterId,
      authorities: ['ROLE_MANAGEMENT_APPLICATION'],
    });
    const path = `/contact-centers/${other.contactCenterId}/people/${id}/password-link`;
    expect(await api.call('POST', path, { headers: { authorization } })).toMatchObject({ status: 404 });
  });
});
