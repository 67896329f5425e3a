/** What an operator sees of the security events, and what nobody else does. */
import { randomUUID } from 'node:crypto';
import type { NamedPerson } from '@gatehouse/contracts/auth-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../../stack/auth-api.ts';
import { createClient, introspect, opsCall, passwordTokens, token } from '../../stack/oauth.ts';

const path = '/auth/v3/ops/audit';

interface EventsAnswer {
  data: { seq: number; name: string; correlationId: string; fields: Record<string, unknown>; sub?: string }[];
  people: NamedPerson[];
  nextCursor?: string;
}

let stack: AuthApi;
let client: Awaited<ReturnType<typeof createClient>>;
beforeAll(async () => {
  stack = await startAuthApi();
  client = await createClient(stack, { authorizedGrantTypes: ['password', 'client_credentials'] });
  await passwordTokens(stack, client);
  await token(stack, client, {
    grant_type: 'password',
    username: 'agent',
    password: 'wrong',
    tenant: 'demo',
  });
  await stack.deps.audit.drained();
});
afterAll(() => stack?.close());

const find = async (query: Record<string, string>) =>
  (await opsCall(stack, 'GET', `${path}?${new URLSearchParams(query)}`)).json<EventsAnswer>();

describe('security events', () => {
  it('are found by user name in any case, by name, by outcome and by correlation id', async () => {
    const ofUser = await find({ user: 'AGENT' });
    expect(ofUser.data.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['login_failed', 'login_succeeded']),
    );

    const failed = await find({ user: 'agent', outcome: 'failure' });
    expect(failed.data).toMatchObject([{ name: 'login_failed', fields: { userName: 'agent' } }]);

    const [event] = failed.data;
    const together = await find({ correlationId: event?.correlationId ?? '' });
    expect(together.data.map(({ correlationId }) => correlationId)).toEqual(
      together.data.map(() => event?.correlationId),
    );
    expect((await find({ name: 'client_created' })).data).toHaveLength(1);
    // As many people as the console finds by one user name.
    const namesakes = Array.from({ length: 50 }, () => randomUUID());
    expect((await find({ name: 'client_created', actor: [...namesakes, 'ops'].join() })).data).toHaveLength(
      1,
    );
    expect((await find({ to: '2001-01-01T00:00:00Z' })).data).toEqual([]);
  });

  it('name a person who signed in a moment ago, while the login still waits in Redis', async () => {
    // Of other names, so that no earlier event names them.
    for (const username of ['admin', 'supervisor']) {
      const tokens = await passwordTokens(stack, client, {
        username: `demo\\${username}`,
        password: `demo-${username}-password`,
      });
      const sub = String((await introspect(stack, client, tokens.access_token))['sub']);
      const { people } = await find({ subs: sub, limit: '1' });
      expect(people).toContainEqual(expect.objectContaining({ sub, userName: username }));
    }
  });

  it('come in pages, newest first, and from a place on, oldest first', async () => {
    const all = (await find({})).data;
    const first = await find({ limit: '2' });
    const second = await find({ limit: '2', before: first.nextCursor ?? '' });
    expect([...first.data, ...second.data]).toEqual(all.slice(0, 4));

    const since = await find({ after: String(all.at(-1)?.seq) });
    expect(since.data).toEqual(all.slice(0, -1).toReversed());
  });

  it.each([
    ['limit=0', 'limit'],
    ['from=yesterday', 'from'],
    ['outcome=maybe', 'outcome'],
    ['before=3&after=2', 'after'],
  ])('asked for with %s are refused with the name of the field', async (query, field) => {
    const answer = await opsCall(stack, 'GET', `${path}?${query}`);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.json())).toContain(field);
  });

  it.each([
    ['GET', ''],
    ['GET', '/verify'],
    ['GET', '/retention'],
    ['POST', '/retention/confirm'],
    ['POST', '/reship'],
    ['POST', '/erase'],
  ] as const)('are for operators only: %s %s', async (method, rest) => {
    const answer = await stack.app.inject({ method, url: `${path}${rest}` });
    expect(answer.statusCode).toBe(401);
  });

  it('form a chain that holds, and does not when a row is changed', async () => {
    const verify = async () =>
      (await opsCall(stack, 'GET', `${path}/verify`)).json<{ data: object[] }>().data;
    await stack.deps.audit.worker.chained();
    expect(await verify()).toMatchObject([{ problems: [] }]);

    const change = (from: string, to: string) =>
      stack.deps.stores.pool.query('UPDATE auth.audit_events SET name = $2 WHERE name = $1', [from, to]);
    await change('login_failed', 'login_succeeded_');
    expect(await verify()).toMatchObject([{ problems: [expect.stringContaining('was changed')] }]);
    await change('login_succeeded_', 'login_failed');
    expect(await verify()).toMatchObject([{ problems: [] }]);
  });

  it('are not shipped anywhere without a destination, and say which settings name one', async () => {
    const answer = await opsCall(stack, 'POST', `${path}/reship`);
    expect(answer.status).toBe(409);
    expect(JSON.stringify(answer.json())).toMatch(
      /set GATEHOUSE_ELASTICSEARCH_NODES, GATEHOUSE_AUDIT_FORWARD_URL or both/,
    );
  });

  it('that would be deleted in too large a step wait until an operator confirms, and Home says so', async () => {
    const { pool } = stack.deps.stores;
    await pool.query(
      `INSERT INTO auth.deletion_bounds (name, bound_at, waiting_from, waiting_to)
        VALUES ('audit', '2026-01-01', '2026-01-01', '2027-02-05')
        ON CONFLICT (name) DO UPDATE SET waiting_from = excluded.waiting_from, waiting_to = excluded.waiting_to`,
    );
    const waiting = { name: 'audit', from: '2026-01-01T00:00:00.000Z', to: '2027-02-05T00:00:00.000Z' };
    const data = async (method: 'GET' | 'POST', rest: string) =>
      (await opsCall(stack, method, `${path}${rest}`)).json<{ data: unknown }>().data;
    const problems = async () =>
      (await opsCall(stack, 'GET', '/auth/v3/ops/overview')).json<{ data: { problems: object[] } }>().data
        .problems;

    expect(await data('GET', '/retention')).toEqual([waiting]);
    const problem = {
      severity: 'warning',
      runbook: 'deletions-wait',
      subject: 'audit',
      message: expect.stringContaining('from 2026-01-01 to 2027-02-05'),
    };
    expect(await problems()).toContainEqual(expect.objectContaining(problem));
    expect(await data('POST', '/retention/confirm')).toEqual([waiting]);
    expect(await data('GET', '/retention')).toEqual([]);
    expect(await data('POST', '/retention/confirm')).toEqual([]);
    expect((await find({ name: 'retention_confirmed' })).data).toMatchObject([
      { fields: { deletions: [expect.stringMatching(/^audit 2026-01-01/)] } },
    ]);
    await pool.query("DELETE FROM auth.deletion_bounds WHERE name = 'audit'");
  });

  it('forget a person on demand: what happened stays, who it was goes, the chain holds', async () => {
    const before = (await find({ user: 'agent' })).data;
    // Not in PostgreSQL yet.
    const wrong = { grant_type: 'password', username: 'agent', password: 'wrong', tenant: 'demo' };
    await token(stack, client, wrong);
    const erased = await opsCall(stack, 'POST', `${path}/erase`, { data: { user: 'Agent' } });
    expect(erased.json<{ data: object }>().data).toEqual({ events: before.length + 1, copies: 0 });
    await stack.deps.audit.drained();

    expect((await find({ user: 'agent' })).data).toEqual([]);
    const left = (await find({ name: 'login_failed' })).data;
    expect(left).toMatchObject([{ fields: {} }, { fields: {} }]);
    expect(left[0]).not.toHaveProperty('sub');
    const days = (await opsCall(stack, 'GET', `${path}/verify`)).json<{ data: object[] }>().data;
    expect(days).toMatchObject([{ problems: [] }]);
    expect((await find({ name: 'personal_data_erased' })).data).toHaveLength(1);
  });
});
