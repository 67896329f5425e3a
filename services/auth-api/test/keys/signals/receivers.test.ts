/** The administration of receivers of shared signals. */
import { basicAuthorization } from '@gatehouse/api-client/http';
import { runCommand } from '@gatehouse/cli/run-command';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reencryptBearerTokens } from '../../../src/keys/signals/reencrypt.ts';
import { type AuthApi, startAuthApi } from '../../stack/auth-api.ts';
import { operatorEnvironment } from '../../stack/command-line.ts';
import { opsCall } from '../../stack/oauth.ts';
import { startSignalReceiver } from '../../stack/signal-receiver.ts';

const path = '/auth/v3/ops/signal-receivers';
const secret = 'a-bearer-token-that-nobody-sees';
const valid = { endpoint: 'https://receiver.example.com/events', audience: 'https://receiver.example.com' };

interface View {
  id: string;
  hasBearerToken: boolean;
  events: string[];
}

let stack: AuthApi;
let local: AuthApi;
beforeAll(async () => {
  stack = await startAuthApi();
  local = await startAuthApi({
    env: { GATEHOUSE_MODE: 'local', GATEHOUSE_OUTBOUND_ALLOW_LOOPBACK: 'true' },
  });
});
afterAll(async () => {
  await local?.close();
  await stack?.close();
});

const create = (data: unknown) => opsCall(stack, 'POST', path, { data });
const viewOf = (answer: { json<T>(): T }) => answer.json<{ data: View }>().data;

describe('receivers of shared signals', () => {
  it('need the operator', async () => {
    for (const [method, url] of [
      ['GET', path],
      ['POST', path],
      ['GET', `${path}/33333333-3333-4333-8333-333333333333`],
      ['PUT', `${path}/33333333-3333-4333-8333-333333333333`],
      ['DELETE', `${path}/33333333-3333-4333-8333-333333333333`],
      ['POST', `${path}/33333333-3333-4333-8333-333333333333/test`],
    ] as const) {
      const answer = await opsCall(stack, method, url, undefined, basicAuthorization('ops', 'wrong'));
      expect(answer.status, `${method} ${url}`).toBe(401);
    }
  });

  it('are created, changed and removed; no answer, event or log line shows the token', async () => {
    const created = await create({ ...valid, bearerToken: secret });
    const { id } = viewOf(created);
    expect(viewOf(created)).toMatchObject({
      ...valid,
      events: ['session-revoked', 'credential-change'],
      contactCenterIds: [],
      hasBearerToken: true,
    });
    const url = `${path}/${id}`;
    const answers = [
      created,
      await opsCall(stack, 'GET', path),
      await opsCall(stack, 'GET', url),
      await opsCall(stack, 'PUT', url, { data: { events: ['credential-change'] } }),
    ];
    expect(viewOf(answers[3] as typeof created)).toMatchObject({
      ...valid,
      events: ['credential-change'],
      hasBearerToken: true,
    });
    const { pool } = stack.deps.stores;
    const stored = await pool.query('SELECT bearer_token FROM auth.signal_receivers');
    expect(stored.rows[0].bearer_token).toMatch(/^v1\.k1\./);
    expect(await reencryptBearerTokens(pool, stack.deps.core.secretBox)).toBe(0);

    const without = await opsCall(stack, 'PUT', url, { data: { bearerToken: null } });
    expect(viewOf(without).hasBearerToken).toBe(false);
    expect((await opsCall(stack, 'DELETE', url)).status).toBe(200);
    for (const method of ['GET', 'DELETE'] as const)
      expect((await opsCall(stack, method, url)).status).toBe(404);
    expect((await opsCall(stack, 'PUT', url, { data: {} })).status).toBe(404);

    const { rows } = await pool.query(
      "SELECT name, fields FROM auth.audit_events WHERE name LIKE 'signal_receiver_%' ORDER BY seq",
    );
    expect(rows.map(({ name }) => name)).toEqual([
      'signal_receiver_created',
      'signal_receiver_updated',
      'signal_receiver_updated',
      'signal_receiver_deleted',
    ]);
    expect(rows[0].fields).toMatchObject({ receiver: id, changes: { bearerToken: { to: '[secret]' } } });
    const seen = [...answers.map(({ body }) => body), JSON.stringify(rows), stack.logged()].join('\n');
    expect(seen).not.toContain(secret);
  });

  it.each([
    ['endpoint', { ...valid, endpoint: undefined }],
    ['endpoint', { ...valid, endpoint: 'receiver' }],
    ['endpoint', { ...valid, endpoint: 'http://receiver.example.com/events' }],
    ['audience', { ...valid, audience: '' }],
    ['events', { ...valid, events: [] }],
    ['events', { ...valid, events: ['token-claims-change'] }],
    ['contactCenterIds', { ...valid, contactCenterIds: [''] }],
    ['bearerToken', { ...valid, bearerToken: 'short' }],
    ['bearerToken', { ...valid, bearerToken: `${secret}\r\nx-other: header` }],
    ['unknown', { ...valid, unknown: 1 }],
  ])('name the wrong field %s', async (field, data) => {
    const answer = await create(data);
    expect(answer.status).toBe(400);
    expect(answer.body).toContain(field);
  });

  // attack: receiver of signals at an address of the inside | CWE-918, OWASP API7:2023, RFC 8935 5 | guard: services/auth-api/src/keys/signals/receivers.ts
  it.each([
    'https://127.0.0.1/events',
    'https://169.254.169.254/',
    'https://10.0.0.1/',
    'https://[::1]/',
    'https://2130706433/',
  ])('are no addresses of the inside: %s', async (endpoint) => {
    const answer = await create({ ...valid, endpoint });
    expect([answer.status, answer.json<{ errors?: unknown }>()]).toEqual([400, expect.anything()]);
    expect(answer.body).toContain('data.endpoint');
    expect((await opsCall(stack, 'GET', path)).json()).toMatchObject({ data: [] });
  });
});

it('the command line registers, lists, shows, tests, changes and removes them', async () => {
  const receiver = await startSignalReceiver();
  const env = await operatorEnvironment(local);
  const run = (args: string[], input = '') => runCommand(['signals', ...args], { env, input });

  const added = await run(
    ['add', '--endpoint', receiver.url, '--audience', 'cli', '--token-file', '-', '--json'],
    `${secret}\n`,
  );
  const { id } = JSON.parse(added.out) as View;
  expect((await run(['list'])).out).toContain(receiver.url);
  receiver.answers.push(202, 403);
  expect(await run(['test', id])).toMatchObject({ exitCode: 0, out: `Receiver ${id} accepted the event.\n` });
  expect(receiver.received[0]?.authorization).toBe(`Bearer ${secret}`);
  const refused = await run(['test', id]);
  expect([refused.exitCode, refused.out]).toEqual([1, expect.stringContaining('403')]);
  expect((await run(['update', id, '--events', 'session-revoked'])).out).toBe(`Receiver ${id} is changed.\n`);
  expect(JSON.parse((await run(['show', id, '--json'])).out)).toMatchObject({
    ...{ endpoint: receiver.url, audience: 'cli', events: ['session-revoked'], hasBearerToken: true },
  });
  const both = await run(['update', id, '--token-file', '-', '--remove-token'], secret);
  expect([both.exitCode, both.error]).toEqual([2, expect.stringContaining('not both')]);
  expect((await run(['update', id])).error).toContain('Nothing is given to change');
  const without = await run(['update', id, '--remove-token', '--json']);
  expect(JSON.parse(without.out)).toMatchObject({ events: ['session-revoked'], hasBearerToken: false });
  expect((await run(['remove', id, '--yes'])).out).toBe(`Receiver ${id} is removed.\n`);
  expect((await run(['list'])).out).toContain('There are no receivers of signals.');
  receiver.close();
});
