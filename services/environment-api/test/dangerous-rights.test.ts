/** What people at the console may not do by an old sign-in, and contact centres not to administrators of the installation. */
import {
  consoleClientId,
  contactCenterAdminAuthority,
  type IntrospectionActive,
} from '@gatehouse/contracts/auth-api';
import { installationAdminAuthority } from '@gatehouse/contracts/resources';
import {
  assuranceNames,
  type ContactCenterRight,
  contactCenterRightNames,
  contactCenterRights,
  stepUpReasonOf,
} from '@gatehouse/contracts/values';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningApi, startApi } from './running-api.ts';
import { createScimClient, type ScimClient, urns } from './scim-client.ts';

let api: RunningApi;
let scim: ScimClient;
/** A contact centre where an administrator of the installation signs in. */
let id: string;
beforeAll(async () => {
  api = await startApi({
    env: { GATEHOUSE_PUBLIC_URL: 'https://login.example.com', GATEHOUSE_INTROSPECTION_CACHE_MS: '0' },
  });
  scim = await createScimClient(api);
  id = scim.contactCenterId;
});
afterAll(() => api.close());

const nowSeconds = () => Math.floor(Date.now() / 1000);

function personAt(place: string, right: string, fields: Partial<IntrospectionActive> = {}) {
  const login = { client_id: consoleClientId, grant_type: 'authorization_code', sub: 'person-1' };
  const bound = { contact_center_id: place, contact_center_ids: [place], username: 'demo\\person' };
  const authorization = api.authApi.token({
    ...login,
    ...bound,
    auth_time: nowSeconds(),
    authorities: [right],
    ...fields,
  });
  return { authorization };
}

const setProvider = (headers: Record<string, string>, place = id) =>
  api.call('PUT', `/contact-centers/${place}/oidc`, {
    headers,
    payload: { data: { issuer: `https://${randomUuid()}.example.com`, clientId: 'gatehouse' } },
  });
const makeKey = (headers: Record<string, string>) =>
  api.call('POST', `/contact-centers/${id}/api-keys`, {
    headers,
    payload: { data: { name: randomUuid(), purpose: 'scim' } },
  });
const reasonOf = (answer: { status: number; body: { status?: { reason?: string } } }) => [
  answer.status,
  answer.body.status?.reason,
];
const placed = [403, 'place_of_administrators'];
const withRight = [403, 'person_with_right'];

describe('a person whose sign-in is old', () => {
  // attack: stale session of an administrator that is used for a dangerous right | RFC 9470, ASVS 7.5.3, CWE-613 | guard: packages/caller-auth/src/credentials/step-up.ts
  it.each([
    ['is 16 minutes old', { auth_time: nowSeconds() - 960 }],
    ['is not known', { auth_time: undefined }],
    ['is in the future', { auth_time: nowSeconds() + 600 }],
  ])('changes nothing dangerous when it %s', async (_age, fields) => {
    const place = await api.contactCenter();
    for (const right of [contactCenterAdminAuthority, installationAdminAuthority])
      expect(reasonOf(await setProvider(personAt(place, right, fields), place))).toEqual([
        401,
        'stale_sign_in',
      ]);
  });

  // attack: administrator by a password who uses a dangerous right where the policy requires a second factor | RFC 9470 3, CWE-308 | guard: packages/caller-auth/src/credentials/step-up.ts
  it.each([
    ['never had the factor', 'secondFactor', { level: 'secondFactor', is_met: false }],
    [
      'had it 16 minutes ago',
      'secondFactor',
      { level: 'secondFactor', is_met: true, proved_at: nowSeconds() - 960 },
    ],
    ['had it at a time that nobody knows', 'phishingResistant', { level: 'phishingResistant', is_met: true }],
  ] as const)(
    'changes nothing dangerous by a fresh password when the sign-in %s',
    async (_when, level, step_up) => {
      const place = await api.contactCenter();
      const person = personAt(place, contactCenterAdminAuthority, { step_up });
      const answer = await setProvider(person, place);
      expect(reasonOf(answer)).toEqual([401, stepUpReasonOf(level)]);
      expect(answer.headers['www-authenticate']).toContain(
        `Bearer realm="gatehouse", error="insufficient_user_authentication", acr_values="${assuranceNames[level]}", max_age="900"`,
      );
      // Reading needs the factor, and no new one.
      const read = await api.call('GET', `/contact-centers/${place}`, { headers: person });
      expect(read.status).toBe(step_up.is_met ? 200 : 401);
      const fresh = { level, is_met: true, proved_at: nowSeconds() - 840 };
      const again = personAt(place, contactCenterAdminAuthority, { step_up: fresh, auth_time: undefined });
      expect((await setProvider(again, place)).status).toBe(200);
    },
  );

  // attack: step-up satisfied by an API key or by the token of a program | Morelitea pull request 1707, RFC 9470 3 | guard: services/environment-api/src/access/caller.ts
  it('is not made stronger by a token of another client, nor by one of a program, that names a factor', async () => {
    const step_up = { level: 'secondFactor', is_met: true, proved_at: nowSeconds() } as const;
    const elsewhere = personAt(id, contactCenterAdminAuthority, { step_up, client_id: 'agent-workspace' });
    expect((await setProvider(elsewhere)).status).toBe(403);
    const delegated = personAt(id, contactCenterAdminAuthority, {
      step_up,
      act: { sub: 'a-program', client_id: 'a-program' },
    });
    expect((await setProvider(delegated)).status).toBe(403);
  });

  const stale = (place: string, right: string) => personAt(place, right, { auth_time: nowSeconds() - 960 });

  // attack: stale session of an administrator that sets a password or writes a group by SCIM | RFC 9470, ASVS 7.5.3, CWE-613 | guard: services/environment-api/src/access/rules.ts
  it('writes nobody by SCIM, and reads everybody; a fresh sign-in and a key are enough', async () => {
    const { id: user } = await scim.user({ userName: randomUuid(), password: 'a-long-enough-password' });
    const change = {
      schemas: [urns.patch],
      Operations: [{ op: 'replace', path: 'password', value: 'chosen-by-somebody-else' }],
    };
    const named = () => ({ schemas: [urns.user], userName: randomUuid(), password: 'chosen-by-somebody' });
    const group = { schemas: [urns.group], displayName: randomUuid(), members: [{ value: user }] };
    const { id: held } = (await scim.call('POST', '/Groups', group)).body;
    const writes = [
      ['POST', '/Users', named()],
      ['PUT', `/Users/${user}`, named()],
      ['PATCH', `/Users/${user}`, change],
      ['DELETE', `/Users/${user}`, undefined],
      ['POST', '/Groups', { ...group, displayName: randomUuid() }],
      ['PUT', `/Groups/${held}`, { ...group, members: [] }],
      [
        'PATCH',
        `/Groups/${held}`,
        { schemas: [urns.patch], Operations: [{ op: 'remove', path: 'members' }] },
      ],
      ['DELETE', `/Groups/${held}`, undefined],
      ['POST', '/Bulk', { schemas: [urns.bulk], Operations: [{ method: 'DELETE', path: `/Users/${user}` }] }],
    ] as const;
    const withoutNewKey = personAt(id, contactCenterAdminAuthority, {
      step_up: { level: 'phishingResistant', is_met: true, proved_at: nowSeconds() - 960 },
    });
    for (const [person, acr] of [
      [stale(id, contactCenterAdminAuthority), 'password'],
      [stale(id, installationAdminAuthority), 'password'],
      [withoutNewKey, 'phishing-resistant'],
    ] as const) {
      for (const [method, path, body] of writes) {
        const answer = await scim.call(method, path, body, person);
        expect([method, path, answer.status]).toEqual([method, path, 401]);
        expect(answer.body.detail).toContain('sign in again');
        expect(answer.headers['www-authenticate']).toContain(
          `error="insufficient_user_authentication", acr_values="urn:gatehouse:acr:${acr}", max_age="900"`,
        );
      }
      expect((await scim.call('GET', `/Users/${user}`, undefined, person)).status).toBe(200);
    }
    expect((await scim.call('PATCH', `/Users/${user}`, change)).status).toBe(200);
    const fresh = personAt(id, contactCenterAdminAuthority);
    expect((await scim.call('PATCH', `/Users/${user}`, change, fresh)).status).toBe(200);
  });

  // attack: stale session of an administrator that makes a place with people of its own, or changes who comes in | RFC 9470, ASVS 7.5.3, CWE-613 | guard: services/environment-api/src/access/rules.ts
  it('makes no environment and no contact centre, and changes none; nor disables a person', async () => {
    const user = await scim.user({ userName: randomUuid() });
    const place = await api.contactCenter();
    const { environmentId } = scim;
    for (const right of [contactCenterAdminAuthority, installationAdminAuthority])
      for (const [method, path, data] of [
        ['POST', '/environments', { directory: 'people' }],
        ['POST', '/contact-centers', { environmentId, domains: [randomUuid()] }],
        ['PATCH', `/contact-centers/${place}`, { membership: { by: 'tenant', names: ['Other'] } }],
        ['PATCH', `/contact-centers/${place}`, { subjectScope: 'environment' }],
        ['PUT', `/contact-centers/${place}`, { domains: [randomUuid()] }],
        ['PUT', `/contact-centers/${place}`, { environmentId }],
        ['PATCH', `/contact-centers/${place}`, { status: 'disabled' }],
        ['PATCH', `/contact-centers/${id}/people/${user.id}`, { status: 'disabled' }],
      ] as const) {
        const headers = stale(path.includes(id) ? id : place, right);
        const answer = await api.call(method, path, { headers, payload: { data } });
        expect([path, data, ...reasonOf(answer)]).toEqual([path, data, 401, 'stale_sign_in']);
      }
    const fresh = personAt(place, contactCenterAdminAuthority);
    const disabled = { headers: fresh, payload: { data: { status: 'disabled' } } };
    expect((await api.call('PATCH', `/contact-centers/${place}`, disabled)).status).toBe(200);
  });

  it('does everything else, and the operator by Basic is not asked', async () => {
    const place = await api.contactCenter();
    const old = personAt(place, contactCenterAdminAuthority, { auth_time: nowSeconds() - 960 });
    const payload = { data: { name: 'x-n', value: 'v' } };
    const setting = await api.call('POST', `/contact-centers/${place}/settings`, { headers: old, payload });
    expect(setting.status).toBe(200);
    expect((await setProvider({}, place)).status).toBe(200);
    const fresh = personAt(place, contactCenterAdminAuthority, { auth_time: nowSeconds() - 840 });
    expect((await setProvider(fresh, place)).status).toBe(200);
  });
});

describe('a contact centre where an administrator of the installation signs in', () => {
  const someone = async () => {
    const user = await scim.user({ userName: randomUuid(), password: 'a-long-enough-password' });
    const { rows } = await api.deps.core.pool.query('SELECT dbid FROM environment.people WHERE id = $1', [
      user.id,
    ]);
    return { path: `/Users/${user.id}`, id: user.id as string, dbid: rows[0].dbid as number };
  };
  const appointed = async () => {
    const person = await someone();
    api.authApi.administrators.push({ contactCenterId: id, dbid: person.dbid });
    return person;
  };

  // attack: administrator of a contact centre who changes how an administrator of the installation signs in | CWE-269, ASVS 8.2.1 | guard: services/environment-api/src/access/administrator-places.ts
  it('is not given another identity provider, nor a SCIM key, by its own administrators', async () => {
    await appointed();
    const own = personAt(id, contactCenterAdminAuthority);
    expect(reasonOf(await setProvider(own))).toEqual(placed);
    expect(reasonOf(await makeKey(own))).toEqual(placed);
    const bound = { authorities: ['ROLE_MANAGEMENT_APPLICATION'], contact_center_ids: [id] };
    expect(reasonOf(await setProvider({ authorization: api.authApi.token(bound) }))).toEqual(placed);
    expect((await setProvider(personAt(id, installationAdminAuthority))).status).toBe(200);
    expect((await makeKey({})).status).toBe(200);
    // Of other contact centres the answer says nothing.
    const other = personAt(await api.contactCenter(), contactCenterAdminAuthority);
    expect((await setProvider(other)).status).toBe(404);
  });

  // attack: administrator of a contact centre who disables it, and so shuts out administrators of the installation | CWE-269, ASVS 8.2.1 | guard: services/environment-api/src/contact-centers/authorise-change.ts
  it('is neither disabled nor enabled by its own administrators, who may still rename it', async () => {
    await appointed();
    const change = (data: object, headers: Record<string, string>) =>
      api.call('PATCH', `/contact-centers/${id}`, { headers, payload: { data } });
    const own = personAt(id, contactCenterAdminAuthority);
    expect(reasonOf(await change({ status: 'disabled' }, own))).toEqual(placed);
    expect(reasonOf(await change({ secondFactor: { mode: 'required' } }, own))).toEqual(placed);
    expect((await change({ name: 'Renamed' }, own)).status).toBe(200);
    const administrator = personAt(id, installationAdminAuthority);
    expect((await change({ status: 'disabled' }, administrator)).status).toBe(200);
    expect(reasonOf(await change({ status: 'active' }, own))).toEqual(placed);
    expect((await change({ status: 'active' }, {})).status).toBe(200);
  });

  // attack: SCIM key that sets the password of an administrator of the installation | CWE-269, ASVS 8.2.1 | guard: services/environment-api/src/people/service.ts
  it('keeps SCIM and its own administrators from the record of that person alone', async () => {
    const [listed, plain] = [await appointed(), await someone()];
    const change = [{ op: 'replace', path: 'password', value: 'chosen-by-somebody-else' }];
    const rename = [{ op: 'replace', path: 'externalId', value: randomUuid() }];
    const own = personAt(id, contactCenterAdminAuthority);
    const link = (person: string, headers = own) =>
      api.call('POST', `/contact-centers/${id}/people/${person}/password-link`, { headers });
    for (const operations of [change, rename])
      expect((await scim.patch(listed.path, operations)).status).toBe(403);
    expect((await scim.call('DELETE', listed.path)).status).toBe(403);
    const plainly = (method: 'PATCH' | 'DELETE', payload?: object) =>
      api.call(method, `/contact-centers/${id}/people/${listed.id}`, {
        headers: own,
        ...(payload && { payload }),
      });
    expect(reasonOf(await plainly('PATCH', { data: { externalId: randomUuid() } }))).toEqual(placed);
    expect(reasonOf(await plainly('PATCH', { data: { groups: ['Agents'] } }))).toEqual(placed);
    expect(reasonOf(await plainly('DELETE'))).toEqual(placed);
    expect(reasonOf(await link(listed.id))).toEqual(placed);
    expect((await scim.patch(plain.path, rename)).status).toBe(200);
    expect((await link(plain.id)).status).toBe(200);
    expect((await link(listed.id, personAt(id, installationAdminAuthority))).status).toBe(200);
  });

  // attack: change of who the people are while nobody can tell whether administrators are among them | CWE-636, ASVS 16.5.3 | guard: services/environment-api/src/access/administrator-places.ts
  it('is changed by nobody bound to it while Auth API cannot tell', async () => {
    await appointed();
    const own = personAt(id, contactCenterAdminAuthority);
    await api.call('GET', `/contact-centers/${id}`, { headers: own });
    // It still knows the token: the question about the place alone is refused.
    api.authApi.failPlacesWith(500);
    expect((await setProvider(own)).status).toBe(503);
    api.authApi.failPlacesWith(undefined);
  });
});

describe('a person with a right in the contact centre', () => {
  const member = async (right?: ContactCenterRight) => {
    const { id: user } = await scim.user({ userName: randomUuid(), password: 'a-long-enough-password' });
    const { body } = await api.call('GET', `/contact-centers/${id}/people/${user}`);
    if (right !== undefined)
      api.authApi.appointed.push({ contactCenterId: id, dbid: body.data.number, rights: [right] });
    return { id: user as string, path: `/Users/${user}` };
  };
  const helpDesk = () => personAt(id, contactCenterRights['help-desk']);
  const link = (person: { id: string }, headers: Record<string, string>) =>
    api.call('POST', `/contact-centers/${id}/people/${person.id}/password-link`, { headers });

  // attack: help-desk agent who makes a password link for an administrator of the contact centre | CWE-269, ASVS 8.2.1 | guard: services/environment-api/src/access/administrator-places.ts
  it('gets no password link from the help desk, and one from an administrator', async () => {
    const plain = await member();
    expect((await link(plain, helpDesk())).status).toBe(200);
    for (const right of contactCenterRightNames) {
      const person = await member(right);
      expect([right, ...reasonOf(await link(person, helpDesk()))]).toEqual([right, ...withRight]);
      expect((await link(person, personAt(id, contactCenterAdminAuthority))).status).toBe(200);
    }
  });

  // attack: help-desk agent who makes a password link for a member of a group with a right | CWE-269, ASVS 8.2.1 | guard: services/environment-api/src/access/administrator-places.ts
  it('gets none from the help desk either where a group gives the right', async () => {
    const person = await member();
    const group = { schemas: [urns.group], displayName: 'Leads', members: [{ value: person.id }] };
    expect((await scim.call('POST', '/Groups', group)).status).toBe(201);
    api.authApi.mappedGroups.push('Leads');
    expect(reasonOf(await link(person, helpDesk()))).toEqual(withRight);
    expect((await link(await member(), helpDesk())).status).toBe(200);
    api.authApi.mappedGroups.pop();
  });

  // attack: SCIM key that sets the password of an administrator of the contact centre | CWE-269, ASVS 8.2.1 | guard: services/environment-api/src/access/administrator-places.ts
  it('keeps the record from SCIM as an administrator, and is disabled by SCIM as an agent of the help desk', async () => {
    const [administrator, agent] = [await member('administrator'), await member('help-desk')];
    const disabled = [{ op: 'replace', path: 'active', value: false }];
    expect((await scim.patch(administrator.path, disabled)).status).toBe(403);
    expect((await scim.patch(agent.path, disabled)).status).toBe(200);
  });

  it('makes the contact centre no place of installation administrators', async () => {
    await member('administrator');
    api.authApi.administrators.length = 0;
    expect((await setProvider(personAt(id, contactCenterAdminAuthority))).status).toBe(200);
  });
});
