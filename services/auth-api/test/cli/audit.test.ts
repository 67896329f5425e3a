/** `gatehouse audit` against a whole Auth API that listens. */
import { runCommand } from '@gatehouse/cli/run-command';
import { administeredEvents } from '@gatehouse/contracts/auth-api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EventKind } from '../../src/records/audit/catalogue/event-kinds.ts';
import { type AuditEventName, auditEventNames, auditEvents } from '../../src/records/audit/event.ts';
import { type AuthApi, contactCenterId, startAuthApi } from '../stack/auth-api.ts';
import { operatorEnvironment } from '../stack/command-line.ts';
import { createClient, token } from '../stack/oauth.ts';

let stack: AuthApi;
let env: Record<string, string>;
beforeAll(async () => {
  stack = await startAuthApi();
  env = await operatorEnvironment(stack);
  const client = await createClient(stack, { authorizedGrantTypes: ['password'] });
  const wrong = { grant_type: 'password', username: 'agent', password: 'wrong', tenant: 'demo' };
  await token(stack, client, wrong);
  await stack.deps.audit.drained();
});
afterAll(() => stack?.close());

const run = (...args: string[]) => runCommand(['audit', ...args], { env });

it('tells why a sign-in failed, by user, time and outcome', async () => {
  const found = await run('search', '--user', 'AGENT', '--since', '5m', '--outcome', 'failure');
  expect(found.out).toContain('login_failed');
  expect(found.out).toContain('Wrong name or password');
  expect((await run('search', '--user', 'nobody')).out).toBe('There are no such events.\n');
  expect(await run('search', '--since', 'yesterday')).toMatchObject({ exitCode: 2 });
});

it('has each event about a change of the configuration in the list of changes', () => {
  const isConfiguration = (name: AuditEventName) => {
    const { category }: EventKind = auditEvents[name].kind;
    return category.includes('configuration');
  };
  const listed = Object.values(administeredEvents).flatMap((events) => Object.keys(events));
  expect(listed.toSorted()).toEqual(auditEventNames.filter(isConfiguration).toSorted());
});

it('prints the last events a line each, the oldest first', async () => {
  const lines = (await run('tail', '--limit', '2', '--json')).out.trim().split('\n');
  const [first, second] = lines.map((line) => JSON.parse(line).seq);
  expect(second).toBe(first + 1);
});

it('names people in the last events who are known by a sub alone', async () => {
  const { writer, drained } = stack.deps.audit;
  const one = { outcome: 'success', correlationId: 'tail', sub: 'sub-of-named', contactCenterId } as const;
  await writer.write({ ...one, name: 'login_succeeded', fields: { userName: 'named' } });
  await writer.write({ ...one, name: 'logout' });
  await drained();
  const lines = (await run('tail', '--correlation', 'tail')).out.trim().split('\n');
  expect(lines).toEqual([
    expect.stringMatching(/ {2}named {2}/),
    expect.stringMatching(/logout.* {2}named {2}/),
  ]);
  const [event] = (await run('tail', '--event', 'logout', '--json')).out.split('\n');
  expect(JSON.parse(event ?? '')).toMatchObject({ sub: 'sub-of-named', fields: {} });
});

it('takes a person out when somebody says yes to it', async () => {
  expect((await run('erase', 'agent')).exitCode).toBe(2);
  expect((await run('erase', 'agent', '--yes')).out).toMatch(/^Erased from 1 events/);
  expect((await run('search', '--user', 'agent')).out).toBe('There are no such events.\n');
});
