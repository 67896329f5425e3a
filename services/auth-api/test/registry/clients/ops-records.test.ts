import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../../stack/auth-api.ts';
import {
  createClient,
  introspect,
  type OAuthAnswer,
  opsCall,
  passwordTokens,
  token,
} from '../../stack/oauth.ts';

const path = '/auth/v3/ops/clients';
const grants = { authorizedGrantTypes: ['client_credentials'] };

type Data = Record<string, unknown>;
const dataOf = (answer: OAuthAnswer) => answer.json<{ data: Data }>().data;

let stack: AuthApi;
let offsetMs = 0;
beforeAll(async () => {
  stack = await startAuthApi({ now: () => Date.now() + offsetMs });
});
afterAll(() => stack?.close());

/** A call with headers of its own. */
const call = (method: 'GET' | 'PUT' | 'DELETE' | 'POST', url: string, headers: Data, data?: Data) =>
  opsCall(stack, method, url, data && { data }, undefined, headers as Record<string, string>);

describe('the list of clients', () => {
  interface List {
    data: { client_id: string }[];
    nextCursor?: string;
    total?: number;
  }
  const list = async (query: string) => (await opsCall(stack, 'GET', `${path}?${query}`)).json<List>();
  const idsOf = ({ data }: List) => data.map(({ client_id }) => client_id);

  beforeAll(async () => {
    for (const letter of ['e', 'c', 'a', 'd', 'b']) {
      await createClient(stack, { client_id: `paged-${letter}`, name: `Seite ${letter}` });
    }
    await createClient(stack, {
      client_id: 'elsewhere',
      name: 'Ärzte & 100%_Söhne',
      description: 'Desktop of the Front Office',
      redirectURIs: ['https://desk.example.com/cb'],
      contactCenterIds: ['5e1f0000-0000-4000-8000-00000000000a'],
    });
  });

  it('comes by name from either end, page by page, names that are alike included', async () => {
    for (const [id, name] of [
      ['by-1', 'Quay b'],
      ['by-2', 'quay A'],
      ['by-3', 'Quay b'],
    ] as const)
      await createClient(stack, { client_id: id, name });
    const all = async (sort: string) => {
      const ids: string[] = [];
      for (let cursor: string | undefined = ''; cursor !== undefined; ) {
        const page: List = await list(`search=quay&limit=1&sort=${sort}${cursor && `&cursor=${cursor}`}`);
        ids.push(...idsOf(page));
        cursor = page.nextCursor;
      }
      return ids;
    };
    expect(await all('name')).toEqual(['by-2', 'by-1', 'by-3']);
    expect(await all('-name')).toEqual(['by-3', 'by-1', 'by-2']);
    expect((await opsCall(stack, 'GET', `${path}?sort=name&cursor=YWZ0ZXI6MToA`)).status).toBe(400);
  });

  it('comes in pages in the order of the ids; a cursor stays right while clients come and go', async () => {
    const first = await list('search=paged-&limit=2');
    expect(idsOf(first)).toEqual(['paged-a', 'paged-b']);
    expect(first).not.toHaveProperty('total');
    expect(await list('search=paged-&limit=2&offset=2&count=true')).toMatchObject({ total: 5 });
    await createClient(stack, { client_id: 'paged-aa' });

    const second = await list(`search=paged-&limit=2&cursor=${first.nextCursor}`);
    const third = await list(`search=paged-&limit=2&cursor=${second.nextCursor}`);

    expect(idsOf(second)).toEqual(['paged-c', 'paged-d']);
    expect(third).toEqual({ status: { code: 0 }, data: [expect.objectContaining({ client_id: 'paged-e' })] });
    await opsCall(stack, 'DELETE', `${path}/paged-aa`);
    expect(idsOf(await list('search=paged-&limit=2&offset=3'))).toEqual(['paged-d', 'paged-e']);
  });

  it.each([['ELSEWHERE'], ['front office'], ['desk.example.com'], ['100%_'], ['Ärzte']])(
    'finds %s by a part of the id, the name, the description or a redirect URI',
    async (search) => {
      expect(idsOf(await list(new URLSearchParams({ search }).toString()))).toEqual(['elsewhere']);
    },
  );

  it('finds who serves a contact centre', async () => {
    const north = idsOf(await list('contactCenterId=5e1f0000-0000-4000-8000-00000000000a'));
    const south = idsOf(await list('contactCenterId=south'));

    expect(north).toEqual([...south, 'elsewhere'].sort());
    expect(south).toContain('paged-a');
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['limit=many', 'limit'],
    ['offset=-1', 'offset'],
    ['cursor=bm90aGluZw', 'cursor'],
    ['cursor=YWZ0ZXI6J1wA', 'cursor'],
    ['cursor=YWZ0ZXI6YQ&offset=1', 'cursor'],
    ['search=', 'search'],
  ])('refuses ?%s by name', async (query, field) => {
    const answer = await opsCall(stack, 'GET', `${path}?${query}`);

    expect(answer.status).toBe(400);
    expect(answer.json<{ status: { message: string } }>().status.message).toContain(field);
  });
});

describe('versions', () => {
  it('keep a writer from undoing what another one did meanwhile', async () => {
    const { clientId } = await createClient(stack);
    const url = `${path}/${clientId}`;
    const etag = String((await opsCall(stack, 'GET', url)).headers['etag']);

    const mine = await call('PUT', url, { 'if-match': etag }, { name: 'Mine' });
    const theirs = await call('PUT', url, { 'if-match': etag }, { name: 'Theirs' });

    expect([mine.status, theirs.status]).toEqual([200, 412]);
    expect(dataOf(await opsCall(stack, 'GET', url))['name']).toBe('Mine');
    for (const [method, at] of [
      ['DELETE', url],
      ['POST', `${url}/rotate-secret`],
    ] as const) {
      expect((await call(method, at, { 'if-match': etag })).status).toBe(412);
    }
    expect((await call('DELETE', url, { 'if-match': String(mine.headers['etag']) })).status).toBe(200);
  });

  it('spare a poller the body until something changes', async () => {
    const { clientId } = await createClient(stack);
    const url = `${path}/${clientId}`;
    const etag = String((await opsCall(stack, 'GET', url)).headers['etag']);

    const same = await call('GET', url, { 'if-none-match': etag });
    await opsCall(stack, 'PUT', url, { data: { description: 'other' } });

    expect([same.status, same.body]).toEqual([304, '']);
    expect((await call('GET', url, { 'if-none-match': etag })).status).toBe(200);
  });
});

describe('the time of last use', () => {
  const lastUsed = async (clientId: string) => {
    await stack.deps.clients.uses.settled();
    return dataOf(await opsCall(stack, 'GET', `${path}/${clientId}`))['lastUsedAt'];
  };

  it('is noted when a client proves itself, at most once a minute, and not by who fails to', async () => {
    const client = await createClient(stack, grants);
    const use = () => token(stack, client, { grant_type: 'client_credentials' });
    await token(stack, { ...client, clientSecret: 'wrong' }, { grant_type: 'client_credentials' });
    expect(await lastUsed(client.clientId)).toBeUndefined();

    await use();
    const first = (await lastUsed(client.clientId)) as number;
    expect(Math.abs(first - Date.now())).toBeLessThan(10_000);
    await use();
    expect(await lastUsed(client.clientId)).toBe(first);

    offsetMs += 61_000;
    await use();
    expect(await lastUsed(client.clientId)).toBeGreaterThan(first + 60_000);
  });

  it('is noted by grant type, of tokens that were given', async () => {
    const client = await createClient(stack, { authorizedGrantTypes: ['client_credentials', 'password'] });
    const read = async () => {
      await stack.deps.clients.grantUses.settled();
      return dataOf(await opsCall(stack, 'GET', `${path}/${client.clientId}`))['lastGrants'] as
        | { grant_type: string; at: number }[]
        | undefined;
    };
    const refused = { grant_type: 'password', username: 'demo\\agent', password: 'wrong' };
    await token(stack, client, refused);
    expect(await read()).toBeUndefined();

    await token(stack, client, { grant_type: 'client_credentials' });
    const [first] = (await read()) ?? [];
    expect([first?.grant_type, Math.abs(Number(first?.at) - Date.now() - offsetMs) < 10_000]).toEqual([
      'client_credentials',
      true,
    ]);
    offsetMs += 61_000;
    await token(stack, client, { ...refused, password: 'demo-agent-password' });
    expect((await read())?.map(({ grant_type }) => grant_type)).toEqual(['password', 'client_credentials']);
    const { rows } = await stack.deps.stores.pool.query(
      'SELECT version FROM auth.clients WHERE client_id = $1',
      [client.clientId],
    );
    expect(rows).toEqual([{ version: 1 }]);
  });

  it('is one statement for many clients, and none that waits for an administrator', async () => {
    const clients = await Promise.all([1, 2, 3].map(() => createClient(stack, grants)));
    await Promise.all(clients.map((client) => token(stack, client, { grant_type: 'client_credentials' })));
    const held = clients[0]?.clientId ?? '';
    const administrator = await stack.deps.stores.pool.connect();
    await administrator.query('BEGIN');
    await administrator.query('SELECT 1 FROM auth.clients WHERE client_id = $1 FOR UPDATE', [held]);

    await stack.deps.clients.uses.settled();

    await administrator.query('ROLLBACK');
    administrator.release();
    const times = await Promise.all(clients.map(({ clientId }) => lastUsed(clientId)));
    expect(times.map((time) => typeof time)).toEqual(['undefined', 'number', 'number']);
  });
});

describe('the audit trail', () => {
  const rowsOf = async (clientId: string) => {
    const { rows } = await stack.deps.stores.pool.query<{
      name: string;
      fields: { actor: string; changes: Data };
    }>('SELECT name, fields FROM auth.audit_events WHERE client_id = $1 ORDER BY seq', [clientId]);
    return rows;
  };

  it('tells for every change who made it and what was and is, and of secrets only that they changed', async () => {
    const client_id = 'told';
    const longUri = `https://app.test/${'x'.repeat(2000)}`;
    await createClient(stack, { client_id, client_secret: 'the first secret', ...grants });
    await opsCall(stack, 'PUT', `${path}/${client_id}`, {
      data: { redirectURIs: [longUri], client_secret: 'the second secret' },
    });
    const rotated = dataOf(await opsCall(stack, 'POST', `${path}/${client_id}/rotate-secret`));
    await opsCall(stack, 'DELETE', `${path}/${client_id}`);

    const [created, updated, secretRotated, deleted] = await rowsOf(client_id);
    expect(created?.fields).toMatchObject({
      actor: 'ops',
      changes: { name: { to: client_id }, client_secret: { to: '[secret]' } },
    });
    expect(updated?.fields.changes).toEqual({
      redirectURIs: { from: ['https://app.test/callback'], to: [longUri] },
      client_secret: { from: '[secret]', to: '[secret]' },
    });
    expect(secretRotated?.fields.changes).toEqual({ client_secret: { from: '[secret]', to: '[secret]' } });
    expect(deleted?.fields.changes).toMatchObject({ scope: { from: ['*'] } });
    const everything = JSON.stringify(await rowsOf(client_id));
    expect(everything).not.toMatch(/first secret|second secret|\$argon2id|sha256:/);
    expect(everything).not.toContain(rotated['client_secret']);
  });
});

describe('a deleted client', () => {
  const deleted = '/auth/v3/ops/deleted-clients';
  interface Kept {
    id: string;
    client_id: string;
    losesSecret: boolean;
  }
  const keptOf = async (clientId: string) => {
    await opsCall(stack, 'DELETE', `${path}/${clientId}`);
    const { data } = (await opsCall(stack, 'GET', `${deleted}?search=${clientId}`)).json<{ data: Kept[] }>();
    return data[0] as Kept;
  };
  const restore = (id: string, data: Data = {}) =>
    opsCall(stack, 'POST', `${deleted}/${id}/restore`, { data });
  const works = async (client: Parameters<typeof token>[1]) =>
    (await token(stack, client, { grant_type: 'client_credentials' })).status;

  it('comes back with all its fields and a new secret, once, and its tokens stay ended', async () => {
    const client = await createClient(stack, {
      ...grants,
      name: 'Nightly report',
      scope: ['reports'],
      accessTokenExpirationTimeout: 77,
    });
    const { clientId } = client;
    const before = dataOf(await opsCall(stack, 'GET', `${path}/${clientId}`));
    const issued = (await token(stack, client, { grant_type: 'client_credentials' })).json<Data>();
    const kept = await keptOf(clientId);
    expect(kept).toMatchObject({ client_id: clientId, name: 'Nightly report', losesSecret: true });
    const { rows } = await stack.deps.core.pool.query('SELECT document::text FROM auth.deleted_clients');
    expect(JSON.stringify(rows)).not.toMatch(/sha256:|argon2/);

    const answers = await Promise.all([restore(kept.id), restore(kept.id)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 404]);
    const restored = dataOf(answers.find(({ status }) => status === 200) as OAuthAnswer);
    const after = dataOf(await opsCall(stack, 'GET', `${path}/${clientId}`));
    const changing = { createdAt: 0, updatedAt: 0, lastUsedAt: 0, lastGrants: 0 };
    expect({ ...after, ...changing }).toEqual({ ...before, ...changing });
    const again = { clientId, redirectUri: '', clientSecret: String(restored['client_secret']) };
    expect([await works(client), await works(again)]).toEqual([401, 200]);
    expect(await introspect(stack, again, String(issued['access_token']))).toEqual({ active: false });
  });

  it('gives its id free at once, and asks for another one when somebody has taken it', async () => {
    const { clientId } = await createClient(stack, { ...grants, client_id: 'taken-over' });
    const kept = await keptOf(clientId);
    await createClient(stack, { ...grants, client_id: clientId });
    const refused = await restore(kept.id);
    expect([refused.status, refused.body]).toEqual([409, expect.stringContaining('data.client_id')]);
    expect(dataOf(await restore(kept.id, { client_id: 'taken-over-2' }))).toMatchObject({
      client_id: 'taken-over-2',
      client_secret: expect.any(String),
    });
  });

  it('cannot be restored after 30 days', async () => {
    const { clientId } = await createClient(stack, grants);
    const kept = await keptOf(clientId);
    await stack.deps.core.pool.query(
      `UPDATE auth.deleted_clients SET deleted_at = now() - interval '31 days' WHERE id = $1`,
      [kept.id],
    );
    expect((await opsCall(stack, 'GET', `${deleted}/${kept.id}`)).status).toBe(404);
    expect((await restore(kept.id)).status).toBe(404);
  });
});

describe('a rotation of the secret', () => {
  it('after a leak ends the former one at once', async () => {
    const client = await createClient(stack, grants);
    const url = `${path}/${client.clientId}/rotate-secret`;

    const rotated = dataOf(await opsCall(stack, 'POST', url, { data: { graceSeconds: 0 } }));

    const works = async (clientSecret: string | undefined) =>
      (await token(stack, { ...client, clientSecret }, { grant_type: 'client_credentials' })).status;
    expect([await works(client.clientSecret), await works(String(rotated['client_secret']))]).toEqual([
      401, 200,
    ]);
  });

  it('takes no grace time that is none, and no client without a secret', async () => {
    const client = await createClient(stack, grants);
    const phone = await createClient(stack, { clientType: 'PUBLIC', authorizedGrantTypes: [] });
    const rotate = (clientId: string, body?: unknown) =>
      opsCall(stack, 'POST', `${path}/${clientId}/rotate-secret`, body);

    const wrong = await rotate(client.clientId, { data: { graceSeconds: -1 } });
    expect([wrong.status, wrong.body]).toEqual([400, expect.stringContaining('data.graceSeconds')]);
    expect((await rotate(phone.clientId)).status).toBe(400);
    expect((await rotate('nobody')).status).toBe(404);
  });
});

describe('the compat profile, client by client', () => {
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

  it('gives UUID tokens where a client wants them, and others where one does not', async () => {
    const compat = await startAuthApi({ beside: stack, env: { GATEHOUSE_COMPAT_ENABLED: 'true' } });
    try {
      const tokens = async (at: AuthApi, data: Data) =>
        Object.values(await passwordTokens(at, await createClient(at, data)))[0] as string;

      expect(await tokens(stack, {})).toMatch(/^[\w-]{43}$/);
      expect(await tokens(stack, { uuidAccessTokens: true })).toMatch(uuid);
      expect(await tokens(compat, {})).toMatch(uuid);
      expect(await tokens(compat, { uuidAccessTokens: false })).toMatch(/^[\w-]{43}$/);
    } finally {
      await compat.close();
    }
  });

  it('shows the secret under its classic name to a script that asks for it', async () => {
    const data = { client_secret: 'a chosen secret', encryptedClientSecret: true };

    const answer = dataOf(await opsCall(stack, 'POST', path, { data }));

    expect(answer['encrypted_client_secret']).toBe('a chosen secret');
    const read = await opsCall(stack, 'GET', `${path}/${answer['client_id']}`);
    expect(read.body).not.toContain('a chosen secret');
  });
});
