/** People who administer by their own login to the operator console, and everything that looks like it and is not. */
import {
  consoleClientId,
  consoleLinkGrantType,
  contactCenterAdminAuthority,
  type IntrospectionActive,
  managementAuthority,
} from '@gatehouse/contracts/auth-api';
import { installationAdminAuthority } from '@gatehouse/contracts/resources';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;
let environmentId: string;
let own: string;
let other: string;

beforeAll(async () => {
  api = await startApi();
  environmentId = await api.environment();
  own = await api.contactCenter({ environmentId });
  other = await api.contactCenter({ environmentId });
});
afterAll(() => api.close());

const rights = [installationAdminAuthority, contactCenterAdminAuthority];

function tokenOf(fields: Partial<IntrospectionActive> = {}) {
  const login = {
    client_id: consoleClientId,
    grant_type: 'authorization_code',
    sub: 'person-1',
    auth_time: Math.floor(Date.now() / 1000),
  };
  const place = { contact_center_id: own, contact_center_ids: [own], username: 'demo\\person' };
  return { authorization: api.authApi.token({ ...login, ...place, ...fields }) };
}

const createEnvironment = (headers: Record<string, string>) =>
  api.call('POST', '/environments', {
    headers,
    payload: {
      data: { username: 'u', password: 'p', configServers: [{ primaryAddress: 'a', primaryPort: 1 }] },
    },
  });
const writeSetting = (headers: Record<string, string>, center = own) =>
  api.call('POST', `/contact-centers/${center}/settings`, {
    headers,
    payload: { data: { name: 'x-n', value: randomUuid() } },
  });

describe('the rights of the console', () => {
  // attack: rights of the operator console used through another client | ASVS 8.2.1, CVE-2024-3656 | guard: services/environment-api/src/access/caller.ts
  it('give nothing in a token of any other client', async () => {
    const headers = tokenOf({ client_id: 'agent-workspace', authorities: rights });
    expect((await createEnvironment(headers)).status).toBe(403);
    expect((await writeSetting(headers)).status).toBe(403);
    expect((await api.call('GET', `/contact-centers/${other}`, { headers })).status).toBe(404);
  });

  // attack: rights of the operator console in a token that was exchanged, delegated or asserted | RFC 8693 5, ASVS 10.4.8 | guard: services/environment-api/src/access/caller.ts
  it.each([
    ['was exchanged', { grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange' }],
    ['came for an assertion', { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer' }],
    ['came for a SAML assertion', { grant_type: 'urn:ietf:params:oauth:grant-type:saml2-bearer' }],
    ['is used by an actor', { act: { sub: 'somebody', client_id: 'some-client' } }],
  ])('give nothing in a token that %s', async (_name, fields) => {
    const headers = tokenOf({ ...fields, authorities: rights });
    expect((await createEnvironment(headers)).status).toBe(403);
    expect((await writeSetting(headers)).status).toBe(403);
  });

  // attack: person without a right who changes their own contact centre at the console | CWE-285, ASVS 8.2.1 | guard: services/environment-api/src/access/caller.ts
  it('give nothing to the console itself, nor to a person who has none of them', async () => {
    const ofClient = tokenOf({ sub: consoleClientId, grant_type: 'client_credentials', authorities: rights });
    expect((await createEnvironment(ofClient)).status).toBe(403);
    const ofPerson = tokenOf({ authorities: ['ROLE_USER', managementAuthority] });
    expect((await writeSetting(ofPerson)).status).toBe(403);
    expect((await api.call('GET', `/contact-centers/${own}`, { headers: ofPerson })).status).toBe(200);
  });

  it('let the operator who came by a link do what the operator may, under the name of the account', async () => {
    const headers = tokenOf({
      sub: 'operator:ops',
      username: 'ops',
      link_request: 'request-of-the-link',
      grant_type: consoleLinkGrantType,
      contact_center_ids: [],
      authorities: [installationAdminAuthority],
    });
    const created = await createEnvironment(headers);
    expect(created.status).toBe(200);
    const { body } = await api.call('GET', `/audit?actor=ops&entityId=${created.body.data.id}`);
    expect(body.data[0].actor).toEqual({
      kind: 'ops',
      name: 'ops',
      clientId: consoleClientId,
      linkRequest: 'request-of-the-link',
    });
    expect((await api.call('GET', `/internal/contact-centers/${own}`, { headers })).status).toBe(403);
  });
});

describe('a contact-centre administrator', () => {
  // attack: administrator of one contact centre who moves it, or takes the name of another | OWASP A01 | guard: services/environment-api/src/contact-centers/authorise-change.ts
  it('changes the own contact centre, and neither its domains nor its environment nor that it exists', async () => {
    const headers = tokenOf({ authorities: [contactCenterAdminAuthority] });
    const moved = await api.environment();
    const put = (data: object) => api.call('PUT', `/contact-centers/${own}`, { headers, payload: { data } });
    expect((await put({ name: 'Renamed' })).status).toBe(200);
    expect((await put({ environmentId: moved })).status).toBe(403);
    expect((await put({ domains: ['name-of-another'] })).status).toBe(403);
    expect((await api.call('DELETE', `/contact-centers/${own}`, { headers })).status).toBe(403);
    expect((await writeSetting(headers, other)).status).toBe(404);
  });
});

describe('a change by an administrator at the console', () => {
  // attack: change in the trail that names a sub of several contact centres | ASVS 16.4.2 | guard: services/environment-api/src/audit/store.ts
  it('names the person with the contact centre, and the client, in the audit trail', async () => {
    const headers = tokenOf({ authorities: [contactCenterAdminAuthority], sub: 'person-2' });
    await writeSetting(headers);
    const { body } = await api.call('GET', `/audit?actor=person-2`, { headers });
    expect(body.data[0].actor).toEqual({
      kind: 'user',
      name: 'person-2',
      contactCenterId: own,
      clientId: consoleClientId,
    });
  });

  // attack: trail that names another client than the person used | ASVS 16.4.2 | guard: services/environment-api/src/audit/trail.ts
  it('is chained with the client, so that a changed one is noticed', async () => {
    await writeSetting(tokenOf({ authorities: [contactCenterAdminAuthority], sub: 'person-3' }));
    await api.deps.audit.worker.chained();
    const problems = async () => (await api.call('GET', '/audit/verify')).body.data[0].problems;
    expect(await problems()).toEqual([]);
    const { pool } = api.deps.core;
    await pool.query('ALTER TABLE environment.audit DISABLE TRIGGER audit_is_append_only');
    await pool.query(`UPDATE environment.audit SET actor_client = 'other' WHERE actor = 'person-3'`);
    await pool.query('ALTER TABLE environment.audit ENABLE TRIGGER audit_is_append_only');
    expect(await problems()).toEqual([expect.stringContaining('what it says of the person was changed')]);
  });

  // attack: Idempotency-Key used up by somebody with the same sub at another contact centre | CWE-639, OWASP API1:2023 | guard: services/environment-api/src/idempotency/replay.ts
  it('has Idempotency-Keys of its own, although the sub is known in another contact centre', async () => {
    const key = { 'idempotency-key': randomUuid() };
    for (const place of [own, other]) {
      const headers = {
        ...tokenOf({ authorities: [contactCenterAdminAuthority], contact_center_ids: [place] }),
        ...key,
      };
      expect([place, (await writeSetting(headers, place)).status]).toEqual([place, 200]);
    }
  });

  it('is made once for an Idempotency-Key, and not repeated for somebody who has lost the right', async () => {
    const once = { 'idempotency-key': randomUuid() };
    const origin = `https://${randomUuid()}.example`;
    const add = (authorities: string[]) =>
      api.call('POST', '/cors', {
        headers: { ...tokenOf({ authorities }), ...once },
        payload: { data: { contactCenterId: own, origin } },
      });
    expect((await add([contactCenterAdminAuthority])).status).toBe(200);
    expect((await add([contactCenterAdminAuthority])).status).toBe(200);
    expect((await add([])).status).toBe(403);
  });
});
