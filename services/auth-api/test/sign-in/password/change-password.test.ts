import { unavailable } from '@gatehouse/service-kit/errors';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AuthApi, publicUrl, startAuthApi } from '../../stack/auth-api.ts';
import { type Browser, createBrowser } from '../../stack/browser.ts';
import { readView, sessionCookie, signIn, startInteraction } from '../../stack/interaction.ts';

let stack: AuthApi;
let userName = '';
let counter = 0;

beforeAll(async () => {
  stack = await startAuthApi({ env: { GATEHOUSE_SIGN_IN_ADDRESS_ATTEMPTS: '10000' } });
});
afterAll(() => stack?.close());
beforeEach(async () => {
  counter += 1;
  userName = `person${counter}`;
  await stack.simulator.store.createPerson({ tenantDbid: 101, userName, password: 'old-password' });
});

const login = (password: string) => ({ username: userName, password, tenant: 'demo' });

async function signedIn(password = 'old-password'): Promise<Browser> {
  const browser = createBrowser(stack.app);
  expect((await browser.postJson('/auth/v3/sign-in', login(password))).status).toBe(200);
  return browser;
}
const isIn = async (browser: Browser) => (await browser.get('/auth/v3/ping')).status === 200;

describe('change-password for programs', () => {
  it('changes the password of whoever is signed in, ends everything else and keeps this browser in', async () => {
    const [here, there] = [await signedIn(), await signedIn()];
    const before = here.cookies.get(sessionCookie);
    const answer = await here.postJson('/auth/v3/change-password', {
      data: { oldPassword: 'old-password', newPassword: 'new-password' },
    });
    expect([answer.status, answer.json()]).toEqual([200, { status: { code: 0 } }]);
    expect(await isIn(here)).toBe(true);
    expect(here.cookies.get(sessionCookie)).not.toBe(before);
    expect(await isIn(there)).toBe(false);
    await signedIn('new-password');
  });

  it('ends everything that was granted also when the change cannot be recorded', async () => {
    const [here, there] = [await signedIn(), await signedIn()];
    const write = vi.spyOn(stack.deps.audit.writer, 'write').mockRejectedValueOnce(unavailable('Redis'));
    const answer = await here.postJson('/auth/v3/change-password', {
      data: { oldPassword: 'old-password', newPassword: 'new-password' },
    });
    expect(answer.status).toBe(503);
    expect(write).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ name: 'password_changed' }));
    write.mockRestore();
    expect([await isIn(here), await isIn(there)]).toEqual([false, false]);
    await signedIn('new-password');
  });

  it('keeps the new session when the Configuration Server announces the change', async () => {
    const here = await signedIn();
    const before = (await auditNames('person_cut_off')).length;
    await here.postJson('/auth/v3/change-password', {
      oldPassword: 'old-password',
      newPassword: 'new-password',
    });
    // Another change makes sure that the announcement of the first has arrived.
    const other = await stack.simulator.store.createPerson({
      tenantDbid: 101,
      userName: `${userName}-x`,
      password: 'p',
    });
    await stack.simulator.store.setEnabled(other['DBID'] as number, false);
    await untilRevocations(before);
    expect(await isIn(here)).toBe(true);
  });

  it('takes a named user with the right old password, wrapped or bare', async () => {
    const browser = createBrowser(stack.app);
    const body = { userName: `demo\\${userName}`, oldPassword: 'old-password', newPassword: 'new-password' };
    expect((await browser.postJson('/auth/v3/change-password', body)).status).toBe(200);
    expect(browser.cookies.has(sessionCookie)).toBe(false);
    await signedIn('new-password');
  });

  it('answers 403 for a wrong old password and for nobody, alike for users that do not exist', async () => {
    const browser = createBrowser(stack.app);
    const refusals = await Promise.all(
      [userName, 'nobody'].map((name) =>
        browser.postJson('/auth/v3/change-password', {
          data: { userName: name, tenant: 'demo', oldPassword: 'wrong', newPassword: 'new-password' },
        }),
      ),
    );
    for (const refusal of refusals) {
      expect(refusal.status).toBe(403);
      expect(refusal.json()).toEqual({
        status: { code: 403, name: 'bad_credentials', message: 'The user name or the password is not right' },
      });
    }
    const unnamed = await browser.postJson('/auth/v3/change-password', {
      oldPassword: 'a',
      newPassword: 'b',
    });
    expect(unnamed.status).toBe(403);
    expect(unnamed.json()).toMatchObject({ errors: [{ status: { field: 'userName' } }] });
  });

  it('names the rules that a new password breaks', async () => {
    await stack.simulator.store.updateObject(7, 101, {
      userProperties: [
        [
          'security-authentication-rules',
          [
            ['password-min-length', '8'],
            ['password-req-number', 'true'],
          ],
        ],
      ],
    });
    const answer = await createBrowser(stack.app).postJson('/auth/v3/change-password', {
      data: { userName, tenant: 'demo', oldPassword: 'old-password', newPassword: 'short' },
    });
    await stack.simulator.store.updateObject(7, 101, { userProperties: [] });
    expect(answer.status).toBe(400);
    const { errors } = answer.json() as { errors: { status: { field: string; message: string } }[] };
    expect(errors.map(({ status }) => status.field)).toEqual(['newPassword', 'newPassword']);
    expect(errors.map(({ status }) => status.message.split(':')[0]).sort()).toEqual(['min-length', 'number']);
  });

  it('50: refuses a new password that is empty or too long before it asks anybody', async () => {
    const browser = createBrowser(stack.app);
    for (const newPassword of ['', 'ä'.repeat(513)]) {
      const answer = await browser.postJson('/auth/v3/change-password', {
        data: { userName, tenant: 'demo', oldPassword: 'old-password', newPassword },
      });
      expect(answer.status).toBe(400);
      expect(answer.json()).toMatchObject({ errors: [{ status: { field: 'newPassword' } }] });
    }
  });

  // attack: password change posted by another site | ASVS 3.5.1 | guard: services/auth-api/src/sign-in/password/change-password-routes.ts
  it('45: with the cookie of a browser refuses other sites', async () => {
    const browser = await signedIn();
    const answer = await browser.postJson(
      '/auth/v3/change-password',
      { oldPassword: 'old-password', newPassword: 'new-password' },
      { origin: 'https://evil.test' },
    );
    expect(answer.status).toBe(403);
    await signedIn('old-password');
  });
});

describe('change-password by the page', () => {
  it('lets a user who must change the password change it and go on to the application', async () => {
    const person = stack.simulator.store.personNamed(userName);
    await stack.simulator.store.updatePerson(person?.['DBID'] as number, { changePasswordOnNextLogin: 2 });
    const browser = createBrowser(stack.app);
    const id = await startInteraction(stack, browser);
    await signIn(stack, browser, id, login('old-password'));
    const { error, csrf } = await readView(stack.app, browser, id);
    expect(error).toBe('password_change_required');

    const fields = { userName, tenant: 'demo', interaction: id, csrf, oldPassword: 'old-password' };
    const differing = await browser.postForm('/auth/v3/change-password', {
      ...fields,
      newPassword: 'new-password',
      newPasswordAgain: 'nev-password',
    });
    expect(differing.location).toBe(`${publicUrl}/auth/change-password.html?error&interaction=${id}`);
    expect(await readView(stack.app, browser, id)).toMatchObject({ error: 'passwords_differ', userName });

    const changed = await browser.postForm('/auth/v3/change-password', {
      ...fields,
      newPassword: 'new-password',
      newPasswordAgain: 'new-password',
    });
    expect(changed.location).toBe(`${publicUrl}/auth/v3/oauth/authorize/resume?interaction=${id}`);
    expect(await isIn(browser)).toBe(true);
  });

  it('without an interaction names the reason in the address', async () => {
    const browser = await signedIn();
    const answer = await browser.postForm('/auth/v3/change-password', {
      oldPassword: 'wrong',
      newPassword: 'new',
    });
    expect(answer.location).toBe(`${publicUrl}/auth/change-password.html?error=bad_credentials`);
  });
});

describe('a change at the Configuration Server', () => {
  const dbid = () => stack.simulator.store.personNamed(userName)?.['DBID'] as number;

  it.each([
    ['disabled', () => stack.simulator.store.setEnabled(dbid(), false)],
    ['deleted', () => stack.simulator.store.deletePerson(dbid())],
    ['given a new password', () => stack.simulator.store.updatePerson(dbid(), { password: 'reset' })],
  ])('ends the sessions of a person who was %s', async (_what, change) => {
    const browser = await signedIn();
    await change();
    await expect.poll(() => isIn(browser), { timeout: 3000 }).toBe(false);
  });

  it('that disables a person in the middle of the login ends what the login gives', async () => {
    let isHeld = false;
    const release = Promise.withResolvers<void>();
    const read = Promise.withResolvers<void>();
    stack.simulator.faults.onAnswer = (answer, refId, send) => {
      // The person was read as enabled; the end of that answer is late.
      if (answer.name !== 'EventObjectsSent' || isHeld) return send(answer, refId);
      isHeld = true;
      read.resolve();
      void release.promise.then(() => send(answer, refId));
    };
    const browser = createBrowser(stack.app);
    const before = (await auditNames('person_cut_off')).length;
    const answer = browser.postJson('/auth/v3/sign-in', login('old-password'));
    await read.promise;
    await stack.simulator.store.setEnabled(dbid(), false);
    await untilRevocations(before);
    release.resolve();
    await answer;
    delete stack.simulator.faults.onAnswer;
    expect(isHeld).toBe(true);
    expect(await isIn(browser)).toBe(false);
  });

  it('ends the sessions of a disabled person also while it cannot be written down, and is written down later', async () => {
    const browser = await signedIn();
    const before = (await auditNames('person_cut_off')).length;
    const write = vi.spyOn(stack.deps.audit.writer, 'write').mockRejectedValue(unavailable('Redis'));
    await stack.simulator.store.setEnabled(dbid(), false);
    await expect.poll(() => isIn(browser), { timeout: 3000 }).toBe(false);
    write.mockRestore();

    await expect
      .poll(async () => (await auditNames('person_cut_off')).length, { timeout: 5000 })
      .toBeGreaterThan(before);
  });

  it('that concerns neither leaves the sessions alone', async () => {
    const browser = await signedIn();
    await stack.simulator.store.updatePerson(dbid(), { firstName: 'New' });
    const other = await stack.simulator.store.createPerson({
      tenantDbid: 101,
      userName: `${userName}-y`,
      password: 'p',
    });
    const before = (await auditNames('person_cut_off')).length;
    await stack.simulator.store.deletePerson(other['DBID'] as number);
    await untilRevocations(before);
    expect(await isIn(browser)).toBe(true);
  });
});

/** The drain runs once a second. */
async function untilRevocations(moreThan: number): Promise<void> {
  await expect
    .poll(async () => (await auditNames('person_cut_off')).length, { timeout: 5000 })
    .toBeGreaterThan(moreThan);
}

async function auditNames(name: string) {
  return (await stack.deps.stores.pool.query('SELECT name FROM auth.audit_events WHERE name = $1', [name]))
    .rows;
}
