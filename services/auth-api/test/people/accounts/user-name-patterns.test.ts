import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { patternProblem } from '../../../src/config/user-name-patterns.ts';
import { createLoginNames } from '../../../src/people/accounts/login-name.ts';
import { type AuthApi, startAuthApi } from '../../stack/auth-api.ts';
import { createBrowser } from '../../stack/browser.ts';
import { agent } from '../../stack/interaction.ts';

describe('the tenant of a user name', () => {
  const read = (userName: string, tenant?: string) =>
    createLoginNames(['*@nordic.example=nordic', '{user}@{tenant}', 'ndc-*=nordic', '{tenant}/*']).read({
      userName,
      tenant,
    });

  it.each([
    ['maria@nordic.example', { userName: 'maria@nordic.example', tenant: 'nordic' }],
    ['MARIA@Nordic.Example', { userName: 'MARIA@Nordic.Example', tenant: 'nordic' }],
    ['maria@acme', { userName: 'maria', tenant: 'acme' }],
    ['maria@home@acme', { userName: 'maria@home', tenant: 'acme' }],
    ['ndc-7', { userName: 'ndc-7', tenant: 'nordic' }],
    ['acme/maria', { userName: 'acme/maria', tenant: 'acme' }],
    ['maria', { userName: 'maria' }],
    ['maria@', { userName: 'maria@' }],
    ['@acme', { userName: '@acme' }],
  ])('%s is told by the first pattern that fits', (typed, expected) => {
    expect(read(typed)).toEqual(expected);
  });

  it('is the one that was typed, if one was', () => {
    expect(read('maria@acme', 'demo')).toEqual({ userName: 'maria@acme', tenant: 'demo' });
    expect(read('demo\\maria@acme')).toEqual({ userName: 'maria@acme', tenant: 'demo' });
  });

  it('67: is found in no time whatever is typed', () => {
    const startedMs = performance.now();
    for (const text of ['@'.repeat(255), `${'a@'.repeat(127)}!`, 'x'.repeat(1_000_000), '/'.repeat(255)])
      read(text);
    expect(performance.now() - startedMs).toBeLessThan(200);
  });

  it.each([
    ['{user}@{tenant}', undefined],
    ['ndc-*=nordic', undefined],
    ['maria=nordic', 'one or two'],
    ['*-*=nordic', 'twice'],
    ['{user}{tenant}', 'tells its parts'],
    ['*=nordic', 'tells its parts'],
    ['{user}@*', 'name the tenant once'],
    ['{user}@{tenant}=nordic', 'name the tenant once'],
    ['ndc-*=', 'no tenant'],
  ])('as a pattern: %s', (entry, problem) => {
    if (problem === undefined) expect(patternProblem(entry)).toBeUndefined();
    else expect(patternProblem(entry)).toContain(problem);
  });
});

describe('signing in without a tenant', () => {
  let stack: AuthApi;
  let frozenMs: number | undefined;
  beforeAll(async () => {
    stack = await startAuthApi({
      now: () => frozenMs ?? Date.now(),
      env: { GATEHOUSE_USER_NAME_PATTERNS: '{user}@{tenant}' },
    });
  });
  afterAll(() => stack?.close());

  const post = (path: string, data: object, address?: string) =>
    createBrowser(stack.app, address).postJson(`/auth/v3/${path}`, { data });

  it('finds the contact centre by the name, for the scheme and for the password', async () => {
    const username = `${agent.username}@demo.example.com`;

    expect((await post('auth-scheme', { userName: username })).json()).toMatchObject({
      data: { scheme: 'basic' },
    });
    expect((await post('sign-in', { username, password: agent.password })).status).toBe(200);
    expect((await post('sign-in', { username: agent.username, password: agent.password })).status).toBe(401);
  });

  it('48: says the same for a contact centre that does not exist', async () => {
    const wrong = await post('sign-in', { username: 'agent@demo', password: 'wrong' }, '198.51.100.1');
    const unknown = await post('sign-in', { username: 'agent@nowhere', password: 'wrong' }, '198.51.100.2');

    expect(unknown.status).toBe(wrong.status);
    expect(unknown.body).toBe(wrong.body);
  });

  it('49: counts every way of naming the account as one', async () => {
    const names = ['admin@demo', 'ADMIN@DEMO', 'demo\\admin', 'admin@demo.example.com', ' admin@Demo '];
    const statuses: number[] = [];
    frozenMs = Date.now();
    for (const [index, username] of names.entries())
      statuses.push((await post('sign-in', { username, password: 'wrong' }, `203.0.113.${index}`)).status);
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
  });
});
