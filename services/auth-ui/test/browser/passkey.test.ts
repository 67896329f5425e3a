/** Lets the script of passkeys work in Chromium with a virtual authenticator, on pages that hold nothing but its form. */
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assetUrl } from '../../src/design/assets.ts';
import { type Stage, setStage } from './browser.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await setStage();
});

afterAll(() => stage.close());

const challenge = 'Y2hhbGxlbmdlLW9mLWEtdGVzdA';
const person = { id: 'cGVyc29uLW9mLWEtdGVzdA', name: 'maria', displayName: 'Maria' };
const creation = {
  challenge,
  rp: { id: 'localhost', name: 'Gatehouse' },
  user: person,
  pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
  authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
};
const request = { challenge, rpId: 'localhost', userVerification: 'required' };

interface Trial {
  page: Page;
  context: BrowserContext;
  /** Bodies of the posts: of the options and of the form. */
  posts: URLSearchParams[];
  show(action: 'create' | 'get' | 'autofill'): Promise<void>;
}

async function trial(options: {
  hasAuthenticator: boolean;
  isUserVerified?: boolean;
  /** The options of a new passkey need a better sign-in. */
  isStale?: boolean;
}): Promise<Trial> {
  const context = await stage.open();
  const page = await context.newPage();
  if (options.hasAuthenticator) {
    const devTools = await context.newCDPSession(page);
    await devTools.send('WebAuthn.enable');
    await devTools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: options.isUserVerified ?? true,
        automaticPresenceSimulation: true,
      },
    });
  }
  const posts: URLSearchParams[] = [];
  const answerOf = (route: { request(): { postData(): string | null } }, json: object) => {
    posts.push(new URLSearchParams(route.request().postData() ?? ''));
    return { contentType: 'application/json', body: JSON.stringify(json) };
  };
  await context.route('**/auth/trial-of-passkeys/*', (route) => {
    const name = new URL(route.request().url()).pathname.split('/').pop();
    if (name === 'create-options' && options.isStale)
      return route.fulfill({ ...answerOf(route, {}), status: 401 });
    if (name === 'create-options') return route.fulfill(answerOf(route, creation));
    if (name === 'get-options' || name === 'autofill-options') return route.fulfill(answerOf(route, request));
    if (route.request().method() === 'POST')
      return route.fulfill({ ...answerOf(route, {}), contentType: 'text/html', body: '<h1>Sent</h1>' });
    return route.fulfill({ contentType: 'text/html', body: pageOf(`${name}`) });
  });
  return {
    page,
    context,
    posts,
    show: async (action) => {
      await page.goto(`${stage.origin}/auth/trial-of-passkeys/${action}`);
    },
  };
}

function pageOf(action: string): string {
  return `<!doctype html><title>Trial</title><input autocomplete="username webauthn">
    <form method="post" data-passkey-form data-passkey-action="${action}"
      data-passkey-options="/auth/trial-of-passkeys/${action}-options"
      data-passkey-failed="It did not work" data-passkey-known="You have it" data-passkey-unsupported="This browser has none">
      <input type="hidden" name="csrf" value="token-of-the-form"><input type="hidden" name="answer">
      <p data-passkey-message role="alert" hidden></p><button type="submit" hidden>Go on</button>
    </form><script src="${assetUrl('passkey.js')}" defer></script>`;
}

const answerIn = (post: URLSearchParams | undefined) => JSON.parse(post?.get('answer') ?? '{}');

describe('the script of passkeys', () => {
  it('makes a passkey and sends it with the form, then signs in with it', async () => {
    const { page, context, posts, show } = await trial({ hasAuthenticator: true });
    await show('create');
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('heading', { name: 'Sent' }).waitFor();
    const made = answerIn(posts[1]);
    expect(posts[0]?.get('csrf')).toBe('token-of-the-form');
    expect(made.response.attestationObject).toEqual(expect.any(String));

    await show('get');
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('heading', { name: 'Sent' }).waitFor();
    const used = answerIn(posts[3]);
    expect([used.id, used.response.userHandle]).toEqual([made.id, person.id]);
    await context.close();
  });

  it('signs in by the passkey that the browser offers in the field of the user name', async () => {
    const { page, context, posts, show } = await trial({ hasAuthenticator: true });
    await show('create');
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('heading', { name: 'Sent' }).waitFor();
    await show('autofill');
    await page.getByRole('heading', { name: 'Sent' }).waitFor();
    expect(answerIn(posts[3]).response.userHandle).toBe(person.id);
    await context.close();
  });

  it('says that it did not work, sends nothing, and lets the person try again', async () => {
    const { page, context, posts, show } = await trial({ hasAuthenticator: true, isUserVerified: false });
    await show('get');
    await page.getByRole('button', { name: 'Go on' }).click();
    await expect.poll(() => page.getByRole('alert').textContent()).toBe('It did not work');
    expect(await page.getByRole('button', { name: 'Go on' }).isEnabled()).toBe(true);
    expect(posts).toHaveLength(1);
    await context.close();
  });

  it('sends the form without an answer where the sign-in is not good enough for a new passkey', async () => {
    const { page, context, posts, show } = await trial({ hasAuthenticator: true, isStale: true });
    await show('create');
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('heading', { name: 'Sent' }).waitFor();
    expect([...(posts[1] ?? [])]).toEqual([
      ['csrf', 'token-of-the-form'],
      ['answer', ''],
    ]);
    await context.close();
  });

  it('shows no button where the browser knows no passkeys', async () => {
    const { page, context, show } = await trial({ hasAuthenticator: false });
    await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'PublicKeyCredential'));
    await show('get');
    await expect.poll(() => page.getByRole('alert').textContent()).toBe('This browser has none');
    expect(await page.locator('button').isVisible()).toBe(false);
    await context.close();
  });
});
