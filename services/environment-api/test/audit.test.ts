import { randomUuid } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

it('tells who changed what from which value to which, under which operation and request', async () => {
  const id = await api.contactCenter({ name: 'Old' });
  const authorization = api.authApi.token({
    client_id: 'installer',
    sub: 'installer',
    authorities: ['ROLE_MANAGEMENT_APPLICATION'],
  });
  await api.call('PATCH', `/contact-centers/${id}`, {
    headers: { authorization, 'x-request-id': 'request-0815' },
    payload: { operationId: 'rename', data: { name: 'New', auth: 'configServer' } },
  });
  await api.call('POST', `/contact-centers/${id}/settings`, {
    payload: { data: { name: 'x-n', value: 'v' } },
  });
  await api.call('DELETE', `/contact-centers/${id}/settings/x-n`);
  const { data } = (await api.call('GET', `/audit?contactCenterId=${id}`)).body;
  const value = { value: 'v', shared: false };
  expect(data).toMatchObject([
    { action: 'delete', entity: 'setting', entityId: 'x-n', changes: { '/': { from: value } } },
    { action: 'create', entity: 'setting', entityId: 'x-n', changes: { '/': { to: value } } },
    {
      action: 'update',
      entity: 'contact-center',
      entityId: id,
      contactCenterId: id,
      actor: { kind: 'client', name: 'installer' },
      requestId: 'request-0815',
      clientAddress: '127.0.0.1',
      operationId: 'rename',
      changes: { name: { from: 'Old', to: 'New' } },
    },
    { action: 'create', actor: { kind: 'ops', name: 'ops' }, changes: { name: { to: 'Old' } } },
  ]);
  expect(Object.keys(data[2].changes)).toEqual(['name']);
  expect(data.map((row: Record<string, unknown>) => [row['entityName'], row['contactCenterName']])).toEqual([
    [undefined, 'New'],
    [undefined, 'New'],
    ['New', 'New'],
    ['New', 'New'],
  ]);
});

// attack: an object of any size in every audit row | CWE-20, ASVS 2.2.1 | guard: services/environment-api/src/changes/writer.ts
it.each([
  ['an object', { a: 'x'.repeat(1000) }],
  ['a list', ['x']],
  ['a number', 1],
  ['a NUL', 'a\u0000b'],
  ['half a character', 'a\ud800'],
  ['more than a line', 'a\nb'],
  ['too long a text', 'x'.repeat(256)],
])('takes no operationId that is %s, from whatever request', async (_name, operationId) => {
  const environmentId = await api.environment();
  const center = await api.contactCenter({ environmentId });
  const document = (await api.call('GET', '/export')).body;
  const requests: ['PUT' | 'PATCH' | 'POST' | 'DELETE', string, object][] = [
    ['PUT', '/import', { ...document, settings: [{ name: 'x-n', value: 'v' }] }],
    ['PUT', '/import?dryRun=true', document],
    ['PATCH', `/environments/${environmentId}`, { data: { tenant: 'Other' } }],
    ['POST', `/contact-centers/${center}/settings`, { data: { name: 'x-n', value: 'v' } }],
    ['DELETE', `/contact-centers/${center}`, {}],
    ['DELETE', `/environments/${environmentId}`, {}],
    ['DELETE', `/cors?contactCenterId=${center}&origin=https://a.example`, {}],
  ];
  for (const [method, path, body] of requests) {
    const answer = await api.call(method, path, {
      headers: { 'if-match': '*' },
      payload: { ...body, operationId },
    });
    const fields = answer.body.errors?.map(({ status }: { status: { field: string } }) => status.field);
    expect([path, answer.status, fields]).toEqual([path, 400, ['operationId']]);
  }
});

it('has the operationId of an import and of a deletion', async () => {
  const id = await api.environment();
  const document = (await api.call('GET', '/export')).body;
  Object.assign(document.environments.at(-1), { tenant: 'Imported' });
  await api.call('PUT', '/import', {
    headers: { 'if-match': '*' },
    payload: { ...document, operationId: 'import-7' },
  });
  const renamed = await api.call('PATCH', `/environments/${id}`, {
    headers: { 'if-match': '*' },
    payload: { operationId: '', data: { tenant: 'Named by nobody' } },
  });
  expect(renamed.status).toBe(200);
  await api.call('DELETE', `/environments/${id}`, { payload: { operationId: 'delete-8' } });
  const { data } = (await api.call('GET', `/audit?entityId=${id}`)).body;
  expect(data.map(({ operationId }: { operationId?: string }) => operationId)).toEqual([
    'delete-8',
    undefined,
    'import-7',
    undefined,
  ]);
});

it('is searched by who, by request and by time', async () => {
  const id = await api.contactCenter({ name: 'Of the search' });
  await api.call('PATCH', `/contact-centers/${id}`, {
    headers: { 'x-request-id': 'request-of-the-search' },
    payload: { data: { name: 'Found' } },
  });
  const find = async (query: Record<string, string>) => {
    const { body } = await api.call('GET', `/audit?${new URLSearchParams({ entityId: id, ...query })}`);
    return body.data.map(({ action }: { action: string }) => action);
  };
  const [{ at }] = (await api.call('GET', `/audit?entityId=${id}`)).body.data;

  expect(await find({ requestId: 'request-of-the-search' })).toEqual(['update']);
  expect(await find({ actor: 'OPS' })).toEqual(['update', 'create']);
  expect(await find({ actor: 'somebody' })).toEqual([]);
  // As many people as the console finds by one user name.
  const namesakes = Array.from({ length: 50 }, () => randomUuid());
  expect(await find({ actor: [...namesakes, 'ops'].join() })).toEqual(['update', 'create']);
  expect(await find({ from: at })).toContain('update');
  expect(await find({ to: at })).not.toContain('update');
  const wrong = await api.call('GET', '/audit?from=yesterday');
  expect(wrong.status).toBe(400);
  expect(JSON.stringify(wrong.body)).toContain('from');
});

it('holds nothing of a write that failed, and nothing of one that changed nothing', async () => {
  const id = await api.contactCenter();
  const { data } = (await api.call('GET', `/contact-centers/${id}`)).body;
  await api.call('PUT', `/contact-centers/${id}`, { payload: { data: { name: data.name } } });
  await api.call('PUT', `/contact-centers/${id}`, { payload: { data: { environmentId: randomUuid() } } });
  expect((await api.call('GET', `/audit?entityId=${id}`)).body.data).toHaveLength(1);
});

it('pages from the newest to the oldest', async () => {
  const id = await api.contactCenter();
  for (const name of ['a', 'b', 'c', 'd']) {
    await api.call('PATCH', `/contact-centers/${id}`, { payload: { data: { name } } });
  }
  const seen: string[] = [];
  let cursor: string | undefined = '';
  while (cursor !== undefined) {
    const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const { body } = await api.call('GET', `/audit?entity=contact-center&entityId=${id}&limit=2${query}`);
    seen.push(...body.data.map((row: { changes: { name: { to: string } } }) => row.changes.name.to));
    cursor = body.nextCursor;
  }
  expect(seen.slice(0, 4)).toEqual(['d', 'c', 'b', 'a']);
  expect(seen).toHaveLength(5);
});

it('cannot be changed or deleted, not even in the database', async () => {
  await api.contactCenter();
  await expect(api.pool.query('UPDATE environment.audit SET actor = $1', ['x'])).rejects.toThrow(
    'append-only',
  );
  await expect(api.pool.query('DELETE FROM environment.audit')).rejects.toThrow('append-only');
});

it('lets no plain text pass as a sealed password', async () => {
  const id = await api.environment();
  const update = api.pool.query('UPDATE environment.environments SET password = $1 WHERE id = $2', [
    'plain',
    id,
  ]);
  await expect(update).rejects.toThrow('password_check');
});
