import { randomUuid } from '@gatehouse/service-kit/crypto/secrets';
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
  await api.call('POST', `/contact-centers/${id}/settings`, { payload: { data: { name: 'n', value: 'v' } } });
  await api.call('DELETE', `/contact-centers/${id}/settings/n`);
  const { data } = (await api.call('GET', `/audit?contactCenterId=${id}`)).body;
  const value = { value: 'v', shared: false };
  expect(data).toMatchObject([
    { action: 'delete', entity: 'setting', entityId: 'n', changes: { '/': { from: value } } },
    { action: 'create', entity: 'setting', entityId: 'n', changes: { '/': { to: value } } },
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
