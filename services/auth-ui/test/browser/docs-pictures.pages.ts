/** Pages of people in pictures, for the documentation. */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type Stage, setStage } from './browser.ts';
import { isWanted, writePicture } from './docs-pictures.ts';

const signIn = '/auth/sign-in.html?interaction=first';
const pictures = [
  { name: 'sign-in', path: signIn },
  { name: 'sign-in-dark', path: signIn, colorScheme: 'dark' },
  { name: 'sign-in-arabic', path: signIn, locale: 'ar' },
  { name: 'consent', path: '/auth/consent.html?interaction=consent' },
  { name: 'account', path: '/auth/account' },
  { name: 'account-sessions', path: '/auth/account/sessions' },
] as { name: string; path: string; locale?: string; colorScheme?: 'dark' }[];

const wanted = pictures.filter(isWanted);

describe.skipIf(wanted.length === 0)('pictures of the documentation', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage();
    stage.hold({ id: 'first' });
    stage.hold({
      id: 'consent',
      consent: { userName: 'nordic\\maria', scope: ['openid', 'profile', 'calls:read'] },
    });
  });
  afterAll(() => stage?.close());

  it.each(wanted)('$name', async ({ name, path, locale = 'en', colorScheme }) => {
    const viewport = { width: 1280, height: 800 };
    const page = await (
      await stage.openAsMaria({ locale, colorScheme: colorScheme ?? 'light', viewport })
    ).newPage();
    await page.goto(`${stage.origin}${path}`);
    await writePicture(page, name);
  });
});
