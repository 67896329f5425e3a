import { randomUuid } from '@gatehouse/service-kit/crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { environmentBody, type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;
let environmentId: string;
let centerId: string;
let serverId: string;

beforeAll(async () => {
  api = await startApi({ sendsGeneratedTexts: true });
  environmentId = await api.environment();
  centerId = await api.contactCenter({ environmentId });
  serverId = (await api.call('GET', `/environments/${environmentId}`)).body.data.configServers[0].id;
});
afterAll(() => api.close());

/** Values that break parsers, databases and logs more often than others. */
const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    '',
    ' ',
    0,
    -1,
    1.5,
    1e308,
    2 ** 53,
    -0,
    'true',
    'false',
    '8888',
    '-1',
    '1e3',
    '/',
    '/USW1',
    '//',
    '/a/../b',
    'CFGTMBoth',
    'addp',
    'ADDP',
    'configServer',
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\u202e',
    'İ',
    'ß',
    "'; DROP TABLE x; --",
    '%00',
    '00000000-0000-0000-0000-000000000000',
    '$(x)',
    '{{x}}',
    'x'.repeat(256),
    'x'.repeat(40_000),
    [],
    [[]],
    {},
    { a: { b: [] } },
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.jsonValue({ maxDepth: 2 }),
);

const sometimes = <T>(good: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: good }, { weight: 1, arbitrary: odd });

const server = fc.record(
  {
    id: sometimes(fc.constant(null).map(() => serverId)),
    primaryAddress: sometimes(fc.constantFrom('cs', '10.0.0.1')),
    primaryPort: sometimes(fc.integer({ min: 1, max: 65_535 })),
    backupAddress: sometimes(fc.constant('cs2')),
    backupPort: sometimes(fc.integer({ min: 1, max: 65_535 })),
    readOnly: sometimes(fc.boolean()),
    locations: sometimes(fc.constantFrom('/', ['/USW1', '/USW1'])),
  },
  { requiredKeys: [] },
);

const environment = fc.record(
  {
    id: odd,
    username: sometimes(fc.string({ minLength: 1 })),
    password: sometimes(fc.string({ minLength: 1 })),
    connectionProtocol: sometimes(fc.constant('addp')),
    localTimeout: sometimes(fc.integer({ min: 0, max: 3600 })),
    remoteTimeout: sometimes(fc.integer({ min: 0, max: 3600 })),
    traceMode: sometimes(fc.constant('CFGTMLocal')),
    tenant: sometimes(fc.string({ minLength: 1 })),
    appName: sometimes(fc.string({ minLength: 1 })),
    tlsEnabled: sometimes(fc.boolean()),
    configServers: sometimes(fc.array(sometimes(server), { maxLength: 3 })),
  },
  { requiredKeys: [] },
);

const center = fc.record(
  {
    id: odd,
    environmentId: sometimes(fc.constant('00000000-0000-4000-8000-000000000000')),
    domains: sometimes(fc.array(sometimes(fc.string({ unit: 'grapheme' })), { maxLength: 3 })),
    name: sometimes(fc.string()),
    auth: sometimes(fc.constant('configServer')),
    status: sometimes(fc.constantFrom('active', 'disabled')),
  },
  { requiredKeys: [] },
);

const setting = fc.record(
  {
    name: sometimes(fc.string()),
    value: sometimes(fc.string({ unit: 'binary' })),
    location: sometimes(fc.constantFrom('/', '/USW1', '/NOWHERE')),
    shared: sometimes(fc.constant('true')),
  },
  { requiredKeys: [] },
);

const body = (data: fc.Arbitrary<unknown>) =>
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ data: sometimes(data) }) },
    { weight: 1, arbitrary: fc.record({ data, operationId: odd }) },
    { weight: 1, arbitrary: odd },
  );

const routes = fc.oneof(
  fc.tuple(fc.constant('POST /environments'), body(environment)),
  fc.tuple(fc.constant('PUT /environments/ENVIRONMENT'), body(environment)),
  fc.tuple(fc.constant('PATCH /environments/ENVIRONMENT'), body(environment)),
  fc.tuple(fc.constant('POST /environments/ENVIRONMENT/config-servers'), body(server)),
  fc.tuple(fc.constant('PUT /environments/ENVIRONMENT/config-servers/SERVER'), body(server)),
  fc.tuple(fc.constant('POST /contact-centers'), body(center)),
  fc.tuple(fc.constant('PUT /contact-centers/CENTER'), body(center)),
  fc.tuple(fc.constant('PATCH /contact-centers/CENTER'), body(center)),
  fc.tuple(fc.constant('POST /contact-centers/CENTER/settings'), body(setting)),
  fc.tuple(fc.constant('POST /locations'), body(fc.record({ location: sometimes(fc.constant('/USW1')) }))),
);

function pathOf(route: string): string {
  return route.replace('ENVIRONMENT', environmentId).replace('CENTER', centerId).replace('SERVER', serverId);
}

it('no body, valid or not, leads to a 5xx or to an answer outside the envelope', async () => {
  await fc.assert(
    fc.asyncProperty(routes, async ([route, content]) => {
      const [method, path] = pathOf(route).split(' ') as ['POST', string];
      const answer = await api.call(method, path, {
        headers: { 'content-type': 'application/json' },
        payload: JSON.stringify(content),
      });
      expect(answer.status).toBeLessThan(500);
      expect(answer.body.status.code === 0).toBe(answer.status === 200);
      if (answer.status === 400) expect(answer.body.errors.length).toBeGreaterThan(0);
    }),
    { numRuns: 600 },
  );
}, 60_000);

it('no path or query, valid or not, leads to a 5xx', async () => {
  const templates = [
    'GET /environments?limit=ODD&offset=ODD&cursor=ODD',
    'GET /environments/ODD',
    'GET /contact-centers?environmentId=ODD&domain=ODD',
    'GET /contact-centers?domain=ODD',
    'GET /contact-centers/ODD/settings?location=ODD',
    'GET /contact-centers/CENTER/settings?location=ODD',
    'DELETE /contact-centers/CENTER/settings/ODD',
    'DELETE /contact-centers/CENTER/settings/ODD?location=ODD',
    'DELETE /environments/ENVIRONMENT/config-servers/ODD',
    'DELETE /locations?location=ODD',
    'GET /audit?entity=ODD&entityId=ODD&contactCenterId=ODD',
    'GET /audit?entityId=ODD&cursor=ODD',
    'GET /internal/contact-centers?domain=ODD&location=ODD',
    'GET /internal/contact-centers?domain=ODD',
    'GET /internal/environments/ODD',
    'GET /internal/changes?since=ODD&limit=ODD',
    'GET /internal/changes?since=ODD',
  ];
  const authorization = api.authApi.token({
    internal_client: true,
    authorities: ['ROLE_MANAGEMENT_APPLICATION'],
  });
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    odd.map((value) => JSON.stringify(value)).filter((value) => value.length < 1000),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...templates),
      fc.array(text, { minLength: 3, maxLength: 3 }),
      async (template, texts) => {
        const values = [...texts];
        const route = pathOf(template).replace(/ODD/g, () =>
          encodeURIComponent((values.pop() ?? '').toWellFormed()),
        );
        const [method, path] = [route.slice(0, route.indexOf(' ')), route.slice(route.indexOf(' ') + 1)];
        const answer = await api.call(method as 'GET', path, { headers: { authorization } });
        expect(answer.status).toBeLessThan(500);
      },
    ),
    { numRuns: 400 },
  );
}, 60_000);

it('no header leads to a 5xx', async () => {
  const text = fc.string({ unit: 'grapheme-ascii', maxLength: 40 });
  const names = fc.constantFrom(
    'if-match',
    'if-none-match',
    'authorization',
    'x-request-id',
    'content-type',
    'accept',
  );
  await fc.assert(
    fc.asyncProperty(names, text, async (name, value) => {
      const answer = await api.call('PUT', `/environments/${environmentId}`, {
        headers: { [name]: value },
        payload: JSON.stringify({ data: environmentBody({ tenant: randomUuid() }) }),
      });
      expect(answer.status).toBeLessThan(500);
    }),
    { numRuns: 200 },
  );
}, 60_000);
