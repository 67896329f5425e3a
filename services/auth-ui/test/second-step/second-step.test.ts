import { type SecondStepView, secondStepFailures } from '@gatehouse/contracts/auth-api';
import { languages } from '@gatehouse/service-kit/html';
import type { App } from '@gatehouse/service-kit/http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textsIn } from '../../src/texts/texts.ts';
import { type AuthApiStandIn, browserCookie, startAuthApiStandIn } from '../auth-api-stand-in.ts';
import { buildTestApp, pageGet } from '../test-app.ts';
import { steps } from './steps.ts';

let authApi: AuthApiStandIn;
let app: App;

beforeAll(async () => {
  authApi = await startAuthApiStandIn();
  authApi.hold({ id: 'first' });
  app = await buildTestApp({ authApiUrl: authApi.url });
});

afterAll(async () => {
  await app.close();
  await authApi.close();
});

let shown = 0;

async function show(
  step: SecondStepView | number,
  { way = '', language = 'en', browser = browserCookie } = {},
) {
  shown += 1;
  const cookie = `step-${shown}`;
  authApi.holdStep(cookie, step);
  return app.inject(
    pageGet(`/auth/second-step.html?interaction=first${way && `&way=${way}`}`, {
      cookie: `gatehouse-browser=${browser}; gatehouse-second-step=${cookie}`,
      'accept-language': language,
    }),
  );
}

const actionsIn = (html: string) => [...html.matchAll(/ action="([^"]+)"/g)].map(([, action]) => action);

describe('the page of a sign-in that waits for its second factor', () => {
  it('asks for the passkey first, names the person, and leads to the other ways', async () => {
    const { body, headers } = await show(steps.verify);

    expect(body).toContain('nordic\\maria');
    expect(actionsIn(body)).toEqual(['/auth/v3/second-step/passkey', '/auth/v3/second-step/cancel']);
    expect(body).toContain('data-passkey-options="/auth/v3/second-step/passkey/options"');
    expect(body).toContain('name="csrf" value="csrf-of-the-step"');
    expect(body).toContain('interaction=first&amp;way=totp');
    expect(body).toContain('interaction=first&amp;way=recoveryCode');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['content-security-policy']).toContain("connect-src 'self'");
    expect(headers['content-security-policy']).toContain("form-action 'self' https://workspace.example.com");
  });

  it.each([
    ['totp', 'autocomplete="one-time-code" inputmode="numeric"'],
    ['recoveryCode', 'autocomplete="off"'],
  ])('takes a code by a form without a script: %s', async (way, field) => {
    const { body } = await show(steps.verify, { way });

    expect(body).toContain('action="/auth/v3/second-step/code"');
    expect(body).toContain(`name="kind" value="${way}"`);
    expect(body).toContain(field);
    // A recovery code is no reason to do without a factor.
    expect(body.includes('Trust this browser for 30 days')).toBe(way === 'totp');
    expect(body).not.toContain('<script');
  });

  it('offers no way that the person does not have, and no trust that the policy refuses', async () => {
    const { body } = await show({ ...steps.verifyByApp, rememberDays: 0 }, { way: 'passkey' });

    expect(body).toContain('value="totp"');
    expect(body).not.toContain('rememberDevice');
    expect(body).not.toContain('way=passkey"');
  });

  it('lets a person choose what to set up, or wait, and says how long', async () => {
    const { body } = await show(steps.grace);

    expect(body).toContain('You have 12 days left to set one up.');
    expect(actionsIn(body)).toEqual([
      '/auth/v3/second-step/new-passkey',
      '/auth/v3/second-step/totp',
      '/auth/v3/second-step/later',
      '/auth/v3/second-step/cancel',
    ]);
  });

  it.each([
    [{ by: 'invitation' }, 'Your administrator has let you set up a second factor for Nordic Support.'],
    [{ by: 'provider' }, 'You are signed in by your organisation.'],
    [{ by: 'strongestSignIn' }, 'You can set up one more second factor for Nordic Support.'],
    [{ by: 'grace' }, 'Nordic Support asks for a second factor as well.'],
  ] as const)('says why a person sets up a factor: %o', async (enrolment, reason) => {
    const { body } = await show({ ...steps.grace, enrolment, allowedFactors: ['totp'] });

    expect(body).toContain(reason);
    expect(actionsIn(body)).toEqual(['/auth/v3/second-step/totp', '/auth/v3/second-step/cancel']);
  });

  it('draws the QR code on the server, shows its key in groups, and takes the first code', async () => {
    const { body, headers } = await show(steps.setUp);

    expect(body).toMatch(/<svg class="qr-code" role="img" aria-label="QR code[^>]+><path d="M0 4\.5m4 0h7/);
    expect(body).toContain('<span>JBSW</span> <span>Y3DP</span>');
    expect(body).toContain('href="otpauth://totp/Nordic%20Support');
    expect(body).toContain('name="id" value="app-of-maria"');
    expect(actionsIn(body)[0]).toBe('/auth/v3/second-step/totp/confirm');
    expect(headers['cache-control']).toBe('no-store');
    expect((await show(steps.setUp, { way: 'choose' })).body).toContain('/auth/v3/second-step/new-passkey');
  });

  it('shows the ten recovery codes, and gives them as a file without a script', async () => {
    const { body, headers } = await show(steps.codes);
    const [, file = ''] = body.match(/href="data:text\/plain;charset=utf-8,([^"]+)" download=/) ?? [];

    expect(body.match(/<li><code>/g)).toHaveLength(10);
    for (const code of steps.codes.recoveryCodes)
      expect(decodeURIComponent(file)).toContain(`\r\n${code}\r\n`);
    expect(actionsIn(body)).toEqual(['/auth/v3/second-step/done']);
    expect(headers['cache-control']).toBe('no-store');
  });

  it('sends a person without a factor to the administrator, with a reference and the field for an invitation', async () => {
    const { body, headers } = await show(steps.blocked);

    expect(body).toContain('Ask your administrator');
    expect(body).toContain('nordic\\maria');
    expect(body).toContain(`Reference: <code>${headers['x-request-id']}</code>`);
    expect(actionsIn(body)).toEqual(['/auth/v3/second-step/invitation', '/auth/v3/second-step/cancel']);
  });

  it('asks for no invitation where passkeys are off and nothing else would be enough', async () => {
    const { body, headers } = await show(steps.blockedWithoutPasskeys);

    expect(body).toContain('Passkeys cannot be used here');
    expect(body).toContain(`Reference: <code>${headers['x-request-id']}</code>`);
    expect(body).not.toContain('invitation');
    expect(actionsIn(body)).toEqual(['/auth/v3/second-step/cancel']);
  });

  it.each(languages)('says in %s for each refusal what happened and what to do next', async (language) => {
    const text = textsIn(language);
    const values = { contactCenter: 'Nordic Support' };
    for (const failure of secondStepFailures) {
      const { body } = await show({ ...steps.verify, failure }, { way: 'totp', language });
      for (const part of ['title', 'text'] as const)
        expect(body, failure).toContain(text(`secondStep.${failure}.${part}`, values));
    }
  });

  it.each([
    [{ ...steps.blocked, failure: 'wrong' }, '', 'ask your administrator for a new code'],
    [{ ...steps.verify, failure: 'wrong' }, 'recoveryCode', 'use another recovery code'],
    [{ ...steps.verify, failure: 'wrong' }, 'totp', 'wait for the next code'],
    [{ ...steps.verify, failure: 'throttled', retryAfterSeconds: 90 }, 'totp', 'Wait 2 minutes'],
  ] as const)('speaks of the code that was typed', async (step, way, words) => {
    expect((await show(step, { way })).body).toContain(words);
  });

  it('says try again while PostgreSQL is away, and the sign-in goes on waiting', async () => {
    const { statusCode, body, headers } = await show(503);

    expect(statusCode).toBe(503);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(headers['set-cookie'] ?? '').not.toContain('gatehouse-second-step');
    expect(body).toContain('Try again');
    expect(body).not.toContain('This step has ended');
  });

  it('says that the step has ended, in another browser too, and starts the sign-in again', async () => {
    const [other, gone] = [
      await show(steps.verify, { browser: 'of-somebody-else' }),
      await app.inject(pageGet('/auth/second-step.html?interaction=first')),
    ];
    for (const { statusCode, body } of [other, gone]) {
      expect(statusCode).toBe(410);
      expect(body).toContain('This step has ended');
      expect(body).toContain('href="/auth/sign-in.html?interaction=first"');
      expect(body).not.toContain('maria');
    }
  });
});

describe('the sign-in page', () => {
  it('offers passkeys, in the field of the user name too, only where they are on', async () => {
    authApi.hold({ id: 'passkeys', passkeys: true });
    const { body, headers } = await app.inject(pageGet('/auth/sign-in.html?interaction=passkeys'));

    expect(body).toContain('autocomplete="username webauthn"');
    expect(body).toContain('data-passkey-action="autofill"');
    expect(body).toContain('action="/auth/v3/passkey-sign-in"');
    expect(headers['content-security-policy']).toContain("connect-src 'self'");
    const without = await app.inject(pageGet('/auth/sign-in.html?interaction=first'));
    expect(without.body).not.toContain('passkey');
    expect(without.headers['content-security-policy']).not.toContain('connect-src');
  });

  it('says that a passkey signed nobody in, and takes the user name instead', async () => {
    authApi.hold({ id: 'refused', passkeys: true, error: 'passkey_refused', userName: 'maria' });
    const { body } = await app.inject(pageGet('/auth/sign-in.html?error&interaction=refused'));

    expect(body).toContain('The passkey did not sign you in');
    expect(body).toContain('action="/auth/sign-in.html"');
  });
});
