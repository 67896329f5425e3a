/** First passwords by the link that an administrator made. */
import { basicAuthorization } from '@gatehouse/api-client/http';
import { randomToken } from '@gatehouse/service-kit/crypto';
import { watchSecret } from '@gatehouse/testing/secrets';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AuthApi,
  contactCenterId,
  environmentId,
  internalAppOf,
  publicUrl,
  serviceClient,
  startAuthApi,
} from '../../stack/auth-api.ts';
import { createBrowser } from '../../stack/browser.ts';
import { changePerson, usePeopleStore } from '../../stack/people-store.ts';

const password = 'a-first-long-password';
let stack: AuthApi;
let addresses = 0;

beforeAll(async () => {
  stack = await startAuthApi();
});
afterAll(() => stack?.close());

/** A person without a password, with a link. */
async function newcomer() {
  const [person] = await usePeopleStore(stack, [{ userName: 'newcomer' }]);
  if (!person) throw new Error('nobody was added');
  const code = randomToken();
  watchSecret(code, 'code of a first-password link');
  stack.environmentApi.people.links.set(code, { environmentId, contactCenterId, dbid: person.dbid });
  return { person, code };
}

/** Each from an address of its own. */
const browser = () => createBrowser(stack.app, `203.0.113.${++addresses}`);
const form = (fields: Record<string, string>) => browser().postForm('/auth/v3/first-password', fields);
const json = (fields: Record<string, string>) => browser().postJson('/auth/v3/first-password', fields);
const login = async () =>
  (await browser().postJson('/auth/v3/sign-in', { username: 'newcomer', password, tenant: 'demo' })).status;
const page = (query: string) => `${publicUrl}/auth/first-password?${query}`;

async function events() {
  const { rows } = await stack.deps.stores.pool.query(
    `SELECT name, fields FROM auth.audit_events WHERE name LIKE 'first_password%' ORDER BY seq`,
  );
  return rows;
}

describe('a first password', () => {
  it('is set once by the form, lets its person in, and is in the audit trail without the code', async () => {
    const { code } = await newcomer();
    expect(await login()).toBe(401);
    const twice = { newPassword: password, newPasswordAgain: password };
    const answer = await form({ code, ...twice });
    expect([answer.status, answer.location]).toEqual([302, page('result=done')]);
    expect(answer.headers['cache-control']).toBe('no-store');
    // It says who knows the link, not who is there.
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(await login()).toBe(200);
    expect((await form({ code, ...twice })).location).toBe(page('error=link_over'));
    await expect.poll(events, { timeout: 5_000 }).toEqual([
      { name: 'first_password_set', fields: { userName: 'newcomer' } },
      { name: 'first_password_refused', fields: { reason: 'link_over' } },
    ]);
  });

  it('is asked for with the name and the tenant of its person', async () => {
    const { code } = await newcomer();
    const answer = await internalAppOf(stack.app).inject({
      method: 'POST',
      url: '/auth/v3/internal/first-password',
      headers: { authorization: basicAuthorization(serviceClient.id, serviceClient.secret) },
      payload: { data: { code } },
    });
    expect(answer.json().data).toEqual({ userName: 'newcomer', tenant: 'demo' });
  });

  it('is set by one of many who send the code at the same time', async () => {
    const { code } = await newcomer();
    const sent = Array.from({ length: 6 }, (_, index) => json({ code, newPassword: `${password} ${index}` }));
    const statuses = (await Promise.all(sent)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 404, 404, 404, 404, 404]);
  });

  it('is asked for again, by the same link, when it breaks a rule or was mistyped', async () => {
    const { code } = await newcomer();
    const again = `code=${code}`;
    expect((await form({ code, newPassword: 'short' })).location).toBe(
      page(`error=password_policy&rules=min-length&${again}`),
    );
    expect((await form({ code, newPassword: password, newPasswordAgain: 'other' })).location).toBe(
      page(`error=passwords_differ&${again}`),
    );
    const refused = await json({ code, newPassword: 'newcomer' });
    expect([refused.status, refused.body.includes('user-name: ')]).toEqual([400, true]);
    expect((await json({ code, newPassword: password })).status).toBe(200);
  });

  it('is not set for a person who was deactivated, nor by an invented code', async () => {
    const { code, person } = await newcomer();
    await changePerson(stack, person, { isActive: false });
    for (const sent of [code, randomToken(), '', 'x', '../x'])
      expect((await json({ code: sent, newPassword: password })).status, sent).toBe(404);
  });

  it('waits while Environment API is down or the region is read-only', async () => {
    const { code } = await newcomer();
    stack.environmentApi.people.isReadOnly = true;
    const readOnly = await form({ code, newPassword: password });
    stack.environmentApi.people.isReadOnly = false;
    expect(readOnly.location).toBe(page(`error=password_change_unavailable&code=${code}`));
    await stack.environmentApi.stop();
    const down = await json({ code, newPassword: password });
    await stack.environmentApi.start();
    expect([down.status, down.headers['retry-after']]).toEqual([503, expect.stringMatching(/^[2-4]$/)]);
    expect((await json({ code, newPassword: password })).status).toBe(200);
  });

  // attack: spend the service's hashes by first passwords | CWE-770 | guard: services/auth-api/src/sign-in/password/first-password-service.ts
  it('is tried only so often from one address', async () => {
    const one = createBrowser(stack.app, '198.51.100.77');
    const attempts = Array.from({ length: 21 }, () =>
      one.postJson('/auth/v3/first-password', { code: randomToken(), newPassword: password }),
    );
    const statuses = (await Promise.all(attempts)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 429)).toHaveLength(1);
    const page = await one.postForm('/auth/v3/first-password', {
      code: 'c'.repeat(43),
      newPassword: password,
    });
    expect(page.location).toContain('error=throttled');
  });

  // attack: have a browser send somebody's first-password form from another site | CWE-352 | guard: services/auth-api/src/sign-in/password/first-password-routes.ts
  it('comes from our own page', async () => {
    const { code } = await newcomer();
    const foreign = { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' };
    const answer = await browser().postForm(
      '/auth/v3/first-password',
      { code, newPassword: password },
      foreign,
    );
    expect(answer.status).toBe(403);
    // Pages that hide their address send no origin.
    const ours = { origin: 'null', 'sec-fetch-site': 'same-origin' };
    const sent = await browser().postForm('/auth/v3/first-password', { code, newPassword: password }, ours);
    expect(sent.location).toBe(page('result=done'));
  });
});
