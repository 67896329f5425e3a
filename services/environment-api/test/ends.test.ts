/** Which ends Environment API announces with which change: Auth API revokes by them. */
import { createEnvironmentApiClient, type EnvironmentApiClient } from '@gatehouse/api-client/environment-api';
import { createHttpClient } from '@gatehouse/api-client/http';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;
let client: EnvironmentApiClient;
let close: () => Promise<void>;

beforeAll(async () => {
  api = await startApi();
  const baseUrl = await api.internalApp.listen({ host: '127.0.0.1', port: 0 });
  const authorization = api.authApi.token({ internal_client: true });
  const http = createHttpClient({
    dependency: 'Environment API',
    baseUrl,
    authorization: async () => authorization,
  });
  client = createEnvironmentApiClient(http);
  close = http.close;
});
afterAll(async () => {
  await close();
  await api.close();
});

/** What the changes that `work` makes announce as ended, in order. */
async function endsOf(work: () => Promise<{ status: number }>) {
  const { latest } = await client.changesSince(0);
  expect((await work()).status).toBeLessThan(300);
  const { changes } = await client.changesSince(latest);
  return changes.filter(({ entity }) => entity.endsWith('-end')).map(({ entity, id }) => [entity, id]);
}

interface Created {
  id: string;
  environmentId: string;
  domains: string[];
}

async function create(): Promise<Created> {
  const environmentId = await api.environment();
  const domains = [`One-${randomUuid()}`, `two-${randomUuid()}`];
  return { id: await api.contactCenter({ environmentId, domains }), environmentId, domains };
}

const patch = (id: string, data: Record<string, unknown>) =>
  api.call('PATCH', `/contact-centers/${id}`, { payload: { data } });
const oidc = (issuer: string, enabled = true) => ({
  location: '/',
  enabled,
  issuer,
  clientId: 'gatehouse',
  clientSecret: 'a-secret-of-the-provider',
});
const putOidc = (id: string, data: Record<string, unknown>) =>
  api.call('PUT', `/contact-centers/${id}/oidc`, { payload: { data } });

const contactCenterEnd = ({ id }: Created) => [['contact-center-end', id]];

const cases: [
  string,
  (one: Created) => Promise<{ status: number }>,
  (one: Created) => (string | undefined)[][],
  ((one: Created) => Promise<unknown>)?,
][] = [
  ['a disabled contact centre', ({ id }) => patch(id, { status: 'disabled' }), contactCenterEnd],
  ['a deleted contact centre', ({ id }) => api.call('DELETE', `/contact-centers/${id}`), contactCenterEnd],
  [
    'another environment',
    async ({ id }) => patch(id, { environmentId: await api.environment() }),
    contactCenterEnd,
  ],
  [
    'a removed domain',
    ({ id, domains }) => patch(id, { domains: [domains[1]?.toUpperCase()] }),
    ({ domains }) => [['domain-end', domains[0]]],
  ],
  [
    'an enabled contact centre',
    ({ id }) => patch(id, { status: 'active' }),
    () => [],
    ({ id }) => patch(id, { status: 'disabled' }),
  ],
  [
    'a contact centre that is created disabled',
    ({ id, environmentId, domains }) =>
      api.call('POST', '/contact-centers', {
        payload: { data: { id, environmentId, domains, status: 'disabled' } },
      }),
    contactCenterEnd,
    ({ id }) => api.call('DELETE', `/contact-centers/${id}`),
  ],
  ['another name', ({ id }) => patch(id, { name: 'Other' }), () => []],
  [
    'an added domain',
    ({ id, domains }) => patch(id, { domains: [...domains, `three-${randomUuid()}`] }),
    () => [],
  ],
  [
    'single sign-on that is switched off',
    ({ id }) => putOidc(id, { location: '/', enabled: false }),
    () => [['single-sign-on-end', 'oidc /']],
    ({ id }) => putOidc(id, oidc('https://idp.test')),
  ],
  [
    'single sign-on that is deleted',
    ({ id }) => api.call('DELETE', `/contact-centers/${id}/oidc?location=/`),
    () => [['single-sign-on-end', 'oidc /']],
    ({ id }) => putOidc(id, oidc('https://idp.test')),
  ],
  [
    'another identity provider',
    ({ id }) => putOidc(id, oidc('https://other.test')),
    () => [['single-sign-on-end', 'oidc /']],
    ({ id }) => putOidc(id, oidc('https://idp.test')),
  ],
  [
    'single sign-on that is switched off for a part of its place',
    ({ id }) => putOidc(id, { ...oidc('https://idp.test', false), location: '/USW1' }),
    () => [['single-sign-on-end', 'oidc /USW1']],
    ({ id }) => putOidc(id, oidc('https://idp.test')),
  ],
  [
    'another identity provider for a part of its place',
    ({ id }) => putOidc(id, { ...oidc('https://other.test'), location: '/USW1' }),
    () => [['single-sign-on-end', 'oidc /USW1']],
    ({ id }) => putOidc(id, oidc('https://idp.test')),
  ],
  [
    'another setting of single sign-on',
    ({ id }) => putOidc(id, { location: '/', logout: true }),
    () => [],
    ({ id }) => putOidc(id, oidc('https://idp.test')),
  ],
  [
    'a deleted environment',
    ({ environmentId }) => api.call('DELETE', `/environments/${environmentId}`),
    ({ environmentId }) => [['environment-end', environmentId]],
    ({ id }) => api.call('DELETE', `/contact-centers/${id}`),
  ],
];

// attack: keep the tokens of a contact centre that is disabled and enabled within a moment | ASVS 7.4.2 | guard: services/environment-api/src/contact-centers/ends.ts
it.each(cases)(
  '%s announces what ends by it',
  async (_name, work, expected, before = async () => undefined) => {
    const created = await create();
    await before(created);
    expect(await endsOf(() => work(created))).toEqual(expected(created));
  },
);
