import type { InteractionView } from '@gatehouse/contracts/auth-api';
import type { App } from '@gatehouse/service-kit/http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApiStandIn, startAuthApiStandIn } from '../auth-api-stand-in.ts';
import { buildTestApp, pageGet } from '../test-app.ts';

let authApi: AuthApiStandIn;
let app: App;

beforeAll(async () => {
  authApi = await startAuthApiStandIn();
  app = await buildTestApp({ authApiUrl: authApi.url });
});

afterAll(async () => {
  await app.close();
  await authApi.close();
});

async function pageFor(view: Partial<InteractionView>, query = ''): Promise<string> {
  authApi.hold({ id: 'change', userName: 'maria', contactCenterHint: 'nordic', ...view });
  const page = await app.inject(pageGet(`/auth/change-password.html?interaction=change${query}`));
  expect(page.statusCode).toBe(200);
  return page.body;
}

describe('page for a new password', () => {
  it('asks for the old and twice for the new password and posts all to Auth API', async () => {
    const body = await pageFor({ error: 'password_change_required' });
    expect(body).toContain('Your contact centre asks for a new password before you go on.');
    expect(body).toContain('<form class="form" method="post" action="/auth/v3/change-password">');
    expect(body).toMatch(/name="oldPassword" type="password" autocomplete="current-password"/);
    expect(body).toMatch(/name="newPassword" type="password" autocomplete="new-password"/);
    expect(body).toMatch(/name="newPasswordAgain" type="password" autocomplete="new-password"/);
    for (const field of [
      'name="userName" autocomplete="username" value="maria"',
      'name="tenant" value="nordic"',
      'value="csrf-of-change"',
    ]) {
      expect(body).toContain(field);
    }
    expect(body).not.toContain('role="alert"');
  });

  it('leads to the sign-in where a factor is needed before the password is changed', async () => {
    const body = await pageFor({ error: 'second_factor_required' }, '&error');
    expect(body).toContain('Sign in first, with your present password and your second factor.');
    expect(body).toContain('href="/auth/sign-in.html?step=name&amp;interaction=change"');
    expect(await pageFor({ error: 'password_policy' }, '&error')).not.toContain('step=name&amp;');
  });

  it('says that the password has expired', async () => {
    expect(await pageFor({ error: 'password_expired' })).toContain(
      'Your password has expired. Choose a new one to go on.',
    );
  });

  it('names each broken rule, and one it has no words for by its name', async () => {
    const body = await pageFor(
      { error: 'password_policy', brokenRules: ['min-length', 'mixed-case', 'not-a-colour'] },
      '&error',
    );
    expect(body).toContain('<li>Use more characters.</li>');
    expect(body).toContain('<li>Use both capital and small letters.</li>');
    expect(body).toContain('<li>not-a-colour</li>');
    expect(body).toMatch(
      /name="newPassword"[^>]* aria-invalid="true" aria-describedby="newPassword-problem" autofocus/,
    );
  });

  it('says that the contact centre names no rule, where it names none', async () => {
    const body = await pageFor({ error: 'password_policy' }, '&error');
    expect(body).toContain('It breaks a rule that your contact centre does not name.');
    expect(body).not.toContain('asks for this:');
    expect(body).toContain('Choose another password.');
  });

  it('asks to wait, and for no other password, when the last change is too recent', async () => {
    const body = await pageFor({ error: 'password_policy', brokenRules: ['too-young'] }, '&error');
    expect(body).toContain(
      '<li>Wait before you change the password again: the last change is too recent.</li>',
    );
    expect(body).not.toContain('newPassword-problem');
  });

  it('has words for a password that is too simple', async () => {
    const body = await pageFor({ error: 'password_policy', brokenRules: ['quality'] }, '&error');
    expect(body).toContain('<li>Choose a password that is harder to guess:');
    expect(body).not.toContain('<li>quality</li>');
  });

  it.each([
    ['passwords_differ', 'newPasswordAgain', 'The two new passwords are not the same.'],
    ['bad_credentials', 'oldPassword', 'This is not your current password.'],
  ] as const)('%s is told at the field %s', async (error, field, text) => {
    const body = await pageFor({ error }, '&error');
    expect(body).toContain(`<p class="field-problem" id="${field}-problem">${text}</p>`);
  });

  it('says that both passwords are possible when the answer was lost', async () => {
    expect(await pageFor({ error: 'try_again' }, '&error')).toContain(
      'Try to sign in with the new password first, then with the old one.',
    );
  });

  it('works without an application: it asks who one is', async () => {
    const page = await app.inject(pageGet('/auth/change-password.html?error=bad_credentials'));
    expect(page.statusCode).toBe(200);
    expect(page.body).toMatch(/id="userName" name="userName" type="text" autocomplete="username"/);
    expect(page.body).toContain('id="tenant"');
    expect(page.headers['referrer-policy']).toBe('same-origin');
  });

  it('tells that a change failed even when nobody knows why', async () => {
    const page = await app.inject(pageGet('/auth/change-password.html?error'));
    expect(page.body).toContain('The password was not changed');
  });
});
