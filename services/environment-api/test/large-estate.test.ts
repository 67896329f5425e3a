import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { parse } from 'yaml';
import { environmentBody, opsAuthorization, type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;

interface Connection {
  query(text: string, ...rest: unknown[]): Promise<unknown>;
}

beforeAll(async () => {
  api = await startApi();
  const environmentId = await api.environment();
  // More than two pages of the export, and not a whole number of them.
  await api.pool.query(
    `INSERT INTO environment.contact_centers (id, environment_id, name, auth, status)
      SELECT gen_random_uuid(), $1, 'Centre ' || n, 'configServer', 'active' FROM generate_series(1, 61) n`,
    [environmentId],
  );
  await api.pool.query(
    `INSERT INTO environment.contact_center_domains (domain_key, domain, contact_center_id, position)
      SELECT id::text, id::text, id, 0 FROM environment.contact_centers`,
  );
});
afterAll(() => api.close());

const names = (document: { contactCenters: { name: string }[] }) =>
  document.contactCenters.map(({ name }) => name);
const inOrder = Array.from({ length: 61 }, (_, index) => `Centre ${index + 1}`);

test('an export of many pages has every contact centre once, in order, in both formats', async () => {
  const json = await api.call('GET', '/export');
  const yaml = await api.call('GET', '/export', { headers: { accept: 'application/yaml' } });
  expect(names(json.body)).toEqual(inOrder);
  expect(parse(yaml.text)).toEqual(json.body);
  const back = await api.call('PUT', '/import?dryRun=true', {
    payload: yaml.text,
    headers: { 'content-type': 'application/yaml' },
  });
  expect(back.body.data.changes).toEqual([]);
});

test('an export in YAML has every text as it is, however YAML would read it', async () => {
  const id = await api.contactCenter({ name: 'Of texts' });
  const texts = [
    '',
    ' ',
    'plain text',
    'no',
    'Null',
    '~',
    '1e3',
    '0x1F',
    '2027-01-31',
    '-',
    '- a',
    'a: b',
    'a #b',
    '#',
    "it's",
    '"',
    '*a',
  ];
  const longer = [
    'two\nlines',
    '  indented\n\nand an empty line\n',
    'ends with a line\n\n',
    'a\ttab',
    'a\u0085b',
    '\u2028',
    'Zürich 😀',
  ];
  await api.pool.query(
    `INSERT INTO environment.settings (contact_center_id, name, location, value, shared)
      SELECT $1, 'text ' || number, '/', value, true FROM unnest($2::text[]) WITH ORDINALITY AS given (value, number)`,
    [id, [...texts, ...longer]],
  );
  const json = await api.call('GET', '/export');
  const yaml = await api.call('GET', '/export', { headers: { accept: 'application/yaml' } });
  expect(parse(yaml.text)).toEqual(json.body);
  const payload = yaml.text;
  const headers = { 'content-type': 'application/yaml' };
  const back = await api.call('PUT', '/import?dryRun=true', { payload, headers });
  expect(back.body.data.changes).toEqual([]);
  await api.call('DELETE', `/contact-centers/${id}`);
});

test('an export gives its connection back, also when its reader goes away in the middle', async () => {
  const url = await api.app.listen({ host: '127.0.0.1', port: 0 });
  const isFree = () => vi.waitFor(() => expect(api.pool.idleCount).toBe(api.pool.totalCount));
  await isFree();
  for (const method of ['GET', 'HEAD']) {
    const ending = new AbortController();
    const answer = await fetch(`${url}/environment/v3/export`, {
      method,
      headers: { authorization: opsAuthorization },
      signal: ending.signal,
    });
    expect(answer.status).toBe(200);
    ending.abort();
    await isFree();
  }
});

test('what is written while an export is read is not in it', async () => {
  const snapshot = await api.deps.configuration.openSnapshot();
  await snapshot.pages.next();
  const added = await api.contactCenter({ name: 'Late' });
  const rest: string[] = [];
  for await (const page of snapshot.pages) rest.push(...page.map(({ center }) => center.name));
  await api.call('DELETE', `/contact-centers/${added}`);
  await snapshot.close();
  expect(rest).not.toContain('Late');
});

test('a document that grows without end is refused, and the service goes on', async () => {
  const levels = 'bcdefghij'.split('').map((name, index) => {
    const before = 'abcdefghij'[index];
    return `${name}: &${name} [${Array.from({ length: 10 }, () => `*${before}`).join(',')}]`;
  });
  const answer = await api.call('PUT', '/import?dryRun=true', {
    payload: ['a: &a lol', ...levels].join('\n'),
    headers: { 'content-type': 'application/yaml' },
  });
  expect([answer.status, answer.body.errors[0].status.field]).toEqual([400, 'body']);
  expect((await api.call('GET', '/environments')).status).toBe(200);
});

// attack: YAML whose aliases repeat long texts | CWE-776, CVE-2003-1564 | guard: services/environment-api/src/import-export/yaml-reader.ts
test.each([
  ['a long text', `a: &a ${'x'.repeat(1_000_000)}\nb: [${'*a,'.repeat(200)}]`],
  ['a long name', `a: &a {${'x'.repeat(1000)}: 1}\nb: [${'*a,'.repeat(200_000)}]`],
  ['itself', 'a: &a [*a]'],
])(
  'a megabyte that repeats %s many times is refused, many times at once, and the service goes on',
  async (_name, payload) => {
    const startedMs = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 6 }, () =>
        api.call('PUT', '/import?dryRun=true', { payload, headers: { 'content-type': 'application/yaml' } }),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400, 503]));
    expect(answers.find(({ status }) => status === 400)?.text).toMatch(/aliases repeat too much/);
    expect(performance.now() - startedMs).toBeLessThan(10_000);
    expect((await api.call('GET', '/environments')).status).toBe(200);
  },
);

test('a certificate that is written once for many servers is no such document', async () => {
  const payload = `ca: &ca ${'x'.repeat(3000)}\nall: [${'*ca,'.repeat(300)}]`;
  const answer = await api.call('PUT', '/import?dryRun=true', {
    payload,
    headers: { 'content-type': 'application/yaml' },
  });
  expect(answer.body.errors.map((one: { status: { field: string } }) => one.status.field)).toContain(
    'formatVersion',
  );
});

// attack: document that needs more memory than there is | CWE-770 | guard: services/environment-api/src/import-export/yaml-bodies.ts
test.each<[string, () => string]>([
  ['of empty lists', () => '- []\n'.repeat(1_600_000)],
  ['of empty maps', () => `{${Array.from({ length: 700_000 }, (_, index) => `a${index}: {}`).join(',')}}`],
  // These two end a whole process when they outgrow a thread: V8 cannot give up in the middle of one large step.
  ['of many names', () => Array.from({ length: 900_000 }, (_, index) => `k${index}: 1`).join('\n')],
  ['that holds itself many times', () => `a: &a [${'*a,'.repeat(2_000_000)}]`],
])(
  'YAML %s that outgrows the memory of its program is refused, and the service goes on',
  async (_name, payload) => {
    const available = vi.spyOn(process, 'availableMemory').mockReturnValue(96 * 1024 * 1024);
    onTestFinished(() => available.mockRestore());
    const headers = { 'content-type': 'application/yaml' };
    const answer = await api.call('PUT', '/import?dryRun=true', { payload: payload(), headers });
    expect([answer.status, answer.text]).toEqual([400, expect.stringMatching(/more than 48 MiB/)]);
    expect((await api.call('GET', '/environments')).status).toBe(200);
  },
  60_000,
);

// attack: JSON with very many small values | CWE-770 | guard: services/environment-api/src/import-export/read-document.ts
test.each(['settings', 'environments', 'contactCenters', 'locations'])(
  'of millions of wrong entries in %s the first hundred are told',
  async (name) => {
    const entries = `[${'{},'.repeat(1_000_000)}{}]`;
    const payload = `{"formatVersion":1,"environments":[],"contactCenters":[],"${name}":${entries}}`;
    const headers = { 'content-type': 'application/json' };
    const answer = await api.call('PUT', '/import?dryRun=true', { payload, headers });
    expect(answer.status).toBe(400);
    expect(answer.body.errors.length).toBeLessThanOrEqual(100);
  },
);

test('a contact centre with more settings than any has is refused before they are read', async () => {
  const settings = Array.from({ length: 200_000 }, () => ({}));
  const answer = await api.call('PUT', '/import?dryRun=true', {
    payload: { formatVersion: 1, environments: [], contactCenters: [{ settings }] },
  });
  expect(answer.text).toMatch(/settings: has more than 10000 entries/);
});

// attack: many large imports at once | CWE-770 | guard: services/environment-api/src/import-export/routes.ts
test('while one import is sent, another is told to come again', async () => {
  if (!api.app.server.listening) await api.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = api.app.server.address() as AddressInfo;
  const slow = request(`http://127.0.0.1:${port}/environment/v3/import?dryRun=true`, {
    method: 'PUT',
    headers: { authorization: opsAuthorization, 'content-type': 'application/json', 'content-length': 100 },
  });
  slow.on('error', () => {}).write('{');
  const other = async () => (await api.call('PUT', '/import?dryRun=true', { payload: {} })).status;
  await expect.poll(other).toBe(503);
  slow.destroy();
  await expect.poll(other).toBe(400);
});

test('a mistake in YAML is told by its place, without the lines around it', async () => {
  const answer = await api.call('PUT', '/import', {
    payload: 'password: very-secret-value\n  broken: [1',
    headers: { 'content-type': 'application/yaml', 'if-match': '*' },
  });
  expect(answer.status).toBe(400);
  expect(answer.text).toMatch(/line \d+, column \d+/);
  expect(answer.text + api.logged()).not.toContain('very-secret-value');
});

test('of very many mistakes the first hundred are told', async () => {
  const contactCenters = Array.from({ length: 500 }, () => ({ id: randomUuid() }));
  const answer = await api.call('PUT', '/import?dryRun=true', {
    payload: { formatVersion: 1, environments: [{ id: randomUuid(), ...environmentBody() }], contactCenters },
  });
  expect(answer.status).toBe(400);
  expect(answer.body.errors).toHaveLength(100);
});

test('who may not import is refused before the document is read', async () => {
  const headers = { authorization: api.authApi.token(), 'content-type': 'application/yaml', 'if-match': '*' };
  const answer = await api.call('PUT', '/import', { payload: '[broken', headers });
  expect(answer.status).toBe(403);
});

test('a connection that breaks in the middle of an export ends this export and nothing else', async () => {
  const connect = vi.spyOn(api.pool, 'connect');
  const snapshot = await api.deps.configuration.openSnapshot();
  onTestFinished(() => snapshot.close());
  // With a callback it is `pool.query` that asks.
  const asked = (connect.mock.calls as unknown[][]).findIndex(({ length }) => length === 0);
  const client: { processID?: number } | undefined = await connect.mock.results[asked]?.value;
  connect.mockRestore();
  await snapshot.pages.next();
  // The second page may have been read ahead, the third is not asked for yet.
  await api.pool.query('SELECT pg_terminate_backend($1)', [client?.processID]);
  await expect(
    (async () => {
      for await (const _page of snapshot.pages);
    })(),
  ).rejects.toThrow();
  await snapshot.close();
  expect((await api.call('GET', '/environments')).status).toBe(200);
});

test('exports one after the other are never too many: the answer ends when its connection is back', async () => {
  const connect = api.pool.connect.bind(api.pool) as (...callback: unknown[]) => Promise<Connection>;
  // With a callback it is `pool.query` that asks: work in the background, which goes its way.
  const slow = vi
    .spyOn(api.pool, 'connect')
    .mockImplementation((async (...callback: unknown[]) =>
      callback.length > 0 ? connect(...callback) : slowToEnd(await connect())) as never);
  const statuses: number[] = [];
  for (let index = 0; index < 4; index += 1) statuses.push((await api.call('GET', '/export')).status);
  slow.mockRestore();
  expect(statuses).toEqual(Array(4).fill(200));
});

test('more exports at once than the pool can spare are told to come again', async () => {
  const [first, second] = [
    await api.deps.configuration.openSnapshot(),
    await api.deps.configuration.openSnapshot(),
  ];
  const third = await api.call('GET', '/export');
  expect(third.status).toBe(503);
  expect(third.headers['retry-after']).toBeDefined();
  await Promise.all([first.close(), second.close(), second.close()]);
  expect((await api.call('GET', '/export')).status).toBe(200);
});

/** Its transaction takes a while to end. */
function slowToEnd(client: Connection): Connection {
  const query = async (text: string, ...rest: unknown[]) => {
    if (text === 'ROLLBACK') await delay(100);
    return client.query(text, ...rest);
  };
  return Object.create(client, { query: { value: query } });
}
