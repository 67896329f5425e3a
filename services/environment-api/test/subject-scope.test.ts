/** Within what the subjects of a contact centre name one person: the field, who may change it, and what a change ends. */
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;
let environmentId: string;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api?.close());

const asAuthApi = () => ({ headers: { authorization: api.authApi.token({ internal_client: true }) } });
const inside = async (path: string) => (await api.call('GET', `/internal${path}`, asAuthApi())).body.data;
const scopeOf = async (id: string) =>
  (await api.call('GET', `/contact-centers/${id}`)).body.data.subjectScope;
const patch = (id: string, data: object, authorization?: string) =>
  api.call('PATCH', `/contact-centers/${id}`, {
    payload: { data },
    ...(authorization === undefined ? {} : { headers: { authorization } }),
  });
const endsOf = async (id: string) =>
  (await inside('/changes?since=0')).changes.filter(
    (change: { entity: string; id: string }) => change.entity === 'contact-center-end' && change.id === id,
  ).length;
const boundTo = (id: string) =>
  api.authApi.token({ authorities: ['ROLE_MANAGEMENT_APPLICATION'], contact_center_ids: [id] });

/** Two that know the people of one environment by the same subjects, and one with subjects of its own. */
async function estate() {
  environmentId = await api.environment();
  const make = (data: object = {}) => api.contactCenter({ environmentId, ...data });
  return {
    one: await make({ subjectScope: 'environment' }),
    other: await make({ subjectScope: 'environment' }),
    own: await make(),
  };
}

describe('the subject scope of a contact centre', () => {
  it('is its own for new ones, that of the environment where the release before made it, and is told to Auth API', async () => {
    const { one, other, own } = await estate();
    const former = randomUuid();
    await api.pool.query(
      `INSERT INTO environment.contact_centers (id, environment_id, name, auth, status)
        VALUES ($1, $2, 'of before', 'configServer', 'active')`,
      [former, environmentId],
    );
    expect(await Promise.all([one, own, former].map(scopeOf))).toEqual([
      'environment',
      'contactCenter',
      'environment',
    ]);
    expect((await inside(`/contact-centers/${one}?location=/`)).subjectScope).toBe('environment');
    expect(await inside(`/environments/${environmentId}/contact-centers`)).toEqual([
      { id: one, subjectScope: 'environment', subjectsWereShared: false },
      { id: other, subjectScope: 'environment', subjectsWereShared: false },
      { id: own, subjectScope: 'contactCenter', subjectsWereShared: false },
      { id: former, subjectScope: 'environment', subjectsWereShared: false },
    ]);
    await api.call('DELETE', `/contact-centers/${former}`);
  });

  it.each([
    ['changes it', (other: string) => patch(other, { subjectScope: 'contactCenter' })],
    ['is deleted', (other: string) => api.call('DELETE', `/contact-centers/${other}`)],
  ] as const)('is known to have been shared after the other one %s', async (_name, leave) => {
    const { one, other, own } = await estate();
    expect((await leave(other)).status).toBe(200);
    const told = (await inside(`/environments/${environmentId}/contact-centers`)) as {
      id: string;
      subjectsWereShared: boolean;
    }[];
    const shared = told.filter(({ subjectsWereShared }) => subjectsWereShared).map(({ id }) => id);
    expect(shared).toContain(one);
    expect(shared).not.toContain(own);
  });

  it('is known to have been shared after a deletion and a restoration', async () => {
    const { one, other } = await estate();
    await patch(other, { subjectScope: 'contactCenter' });
    await api.call('DELETE', `/contact-centers/${one}`);
    const [kept] = (await api.call('GET', `/deleted?objectId=${one}`)).body.data;
    const restored = await api.call('POST', `/deleted/${kept.id}/restore`, { payload: { data: {} } });
    expect(restored.status).toBe(200);
    expect(await inside(`/environments/${environmentId}/contact-centers`)).toContainEqual({
      ...{ id: one, subjectScope: 'environment', subjectsWereShared: true },
    });
  });

  it('ends what its people hold when it changes, and is recorded', async () => {
    const { own } = await estate();
    expect((await patch(own, { name: 'Another name' })).status).toBe(200);
    expect([await endsOf(own), await scopeOf(own)]).toEqual([0, 'contactCenter']);
    expect((await patch(own, { subjectScope: 'environment' })).status).toBe(200);
    expect([await endsOf(own), await scopeOf(own)]).toEqual([1, 'environment']);
    const { data } = (await api.call('GET', `/audit?contactCenterId=${own}&limit=1`)).body;
    expect(JSON.stringify(data)).toContain('subjectScope');
    const refused = await patch(own, { subjectScope: 'tenant' });
    expect([refused.status, refused.body.errors[0].status.field]).toEqual([400, 'data.subjectScope']);
  });

  // attack: bound administrator gives the own contact centre the subjects of another one | CWE-269, ASVS 8.2.2 | guard: services/environment-api/src/contact-centers/authorise-change.ts
  it('is changed by installation writers alone', async () => {
    const { own } = await estate();
    const answer = await patch(own, { subjectScope: 'environment' }, boundTo(own));
    expect([answer.status, await scopeOf(own)]).toEqual([403, 'contactCenter']);
    expect((await patch(own, { name: 'Another name' }, boundTo(own))).status).toBe(200);
  });

  it('stays at an import that does not name it, and follows one that does', async () => {
    const { one } = await estate();
    const document = (await api.call('GET', '/export')).body;
    const row = document.contactCenters.find(({ id }: { id: string }) => id === one);
    expect(row.subjectScope).toBe('environment');
    const bring = async (subjectScope: string | undefined) => {
      row.subjectScope = subjectScope;
      const answer = await api.call('PUT', '/import', { payload: document, headers: { 'if-match': '*' } });
      expect(answer.status).toBe(200);
      return scopeOf(one);
    };
    expect(await bring(undefined)).toBe('environment');
    expect(await bring('contactCenter')).toBe('contactCenter');
  });
});

describe('where contact centres share subjects', () => {
  const provider = { location: '/', issuer: 'https://login.example', clientId: 'gatehouse' };
  const setSignOn = (id: string, authorization?: string) =>
    api.call('PUT', `/contact-centers/${id}/oidc`, {
      payload: { data: provider },
      ...(authorization === undefined ? {} : { headers: { authorization } }),
    });

  // attack: own identity provider of a contact centre speaks for people of another one | CWE-269, ASVS 6.8.1 | guard: services/environment-api/src/access/speaking.ts
  it('single sign-on is set by installation writers alone, and elsewhere by the own administrators', async () => {
    const { one, own } = await estate();
    const refused = await setSignOn(one, boundTo(one));
    expect([refused.status, refused.body.status.message]).toEqual([
      403,
      expect.stringContaining('subjectScope'),
    ]);
    expect((await setSignOn(own, boundTo(own))).status).toBe(200);
    expect((await setSignOn(one)).status).toBe(200);
    const gone = await api.call('DELETE', `/contact-centers/${one}/oidc?location=/`, {
      headers: { authorization: boundTo(one) },
    });
    expect(gone.status).toBe(403);
  });

  it('the overview names each pair with its runbook, until one has subjects of its own', async () => {
    const { one, other, own } = await estate();
    const told = async () =>
      (await api.call('GET', '/overview')).body.data.problems.filter(
        ({ runbook, subject }: { runbook: string; subject: string }) =>
          runbook === 'contact-centres-share-their-subjects' && subject === environmentId,
      );
    const [problem, another] = await told();
    const nameOf = async (id: string) => (await api.call('GET', `/contact-centers/${id}`)).body.data.name;
    for (const id of [one, other]) expect(problem.message).toContain(JSON.stringify(await nameOf(id)));
    expect(another).toBeUndefined();
    expect(problem.message).not.toContain(await nameOf(own));
    expect((await patch(other, { subjectScope: 'contactCenter' })).status).toBe(200);
    expect(await told()).toEqual([]);
  });
});
