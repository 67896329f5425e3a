/** The console in pictures, for the documentation: an hour in the life of an installation. */
import { createLogger } from '@gatehouse/service-kit/observability';
import { closeContexts, sharedChromium } from '@gatehouse/testing/chromium';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createActivityCounter } from '../../../auth-api/src/records/activity/counter.ts';
import { successOf } from '../../../auth-api/src/records/activity/hour.ts';
import { createActivityStore } from '../../../auth-api/src/records/activity/store.ts';
import { isWanted, writePicture } from '../browser/docs-pictures.ts';
import { type ListedPage, listedPages, openAsPerson, visit } from './pages.ts';
import { startTableStage, type TableStage } from './table-stage.ts';

/** Name of the picture, and of the page in the table. */
const pictures: { name: string; page: string; colorScheme?: 'dark'; locale?: string; width?: number }[] = [
  { name: 'console-home', page: 'console-home' },
  { name: 'console-home-dark', page: 'console-home', colorScheme: 'dark' },
  { name: 'console-environment-check', page: 'console-environment-checked' },
  { name: 'console-contact-center', page: 'console-center' },
  { name: 'console-settings', page: 'console-center-settings-there' },
  { name: 'console-comparison', page: 'console-setting-conflict' },
  { name: 'console-single-sign-on', page: 'console-center-sso-saml' },
  { name: 'console-person', page: 'console-person' },
  { name: 'console-client-wizard', page: 'console-client-new' },
  { name: 'console-client-review', page: 'console-client-review' },
  { name: 'console-exchanges', page: 'console-client-exchanges' },
  { name: 'console-audit', page: 'console-audit-request' },
  { name: 'console-branding', page: 'console-branding-preview' },
  { name: 'console-import', page: 'console-transfer-preview' },
  { name: 'console-clients-arabic', page: 'console-clients', locale: 'ar' },
  { name: 'console-phone', page: 'console-home', width: 375 },
];

const wanted = pictures.filter(isWanted);

it('each picture is one of a page of the table', () => {
  expect(pictures.filter(({ page }) => !listedPages.some(({ name }) => name === page))).toEqual([]);
});

describe.skipIf(wanted.length === 0)('pictures of the documentation', () => {
  let stage: TableStage;
  let browser: Browser;
  beforeAll(async () => {
    stage = await startTableStage();
    browser = await sharedChromium();
    await liveAnHour(stage);
  });
  afterAll(async () => {
    await closeContexts(browser);
    await stage?.close();
  });

  it.each(wanted)('$name', async ({ name, page: listed, colorScheme, locale = 'en', width = 1280 }) => {
    const viewport = { width, height: 800 };
    const page: Page = await (
      await openAsPerson(browser, stage, { colorScheme: colorScheme ?? 'light', locale, viewport })
    ).newPage();
    await visit(page, listedPages.find((one) => one.name === listed) as ListedPage, stage);
    await writePicture(page, name);
  });
});

/** Sign-ins as they come on a morning, of which some are refused. */
async function liveAnHour({ authApi }: TableStage): Promise<void> {
  const store = createActivityStore(authApi.deps.stores.redis, authApi.deps.core.keyspace);
  const log = createLogger('pictures', { level: 'silent', format: 'json' });
  let at = Date.now();
  const counter = createActivityCounter({ store, log, now: () => at });
  const reasons = ['bad_credentials', 'account_locked', 'password_expired'];
  for (let minute = 59; minute >= 1; minute -= 1) {
    at = Date.now() - minute * 60_000;
    const count = Math.round(14 + 9 * Math.sin(minute / 9) + ((minute * 7) % 5));
    for (let index = 0; index < count; index += 1) counter.count(successOf(40 + ((index * 37) % 160)));
    for (let index = 0; index < (minute * 5) % 4; index += 1)
      counter.count(reasons[(minute + index) % (minute % 3 === 0 ? 3 : 1)] as string);
  }
  await counter.flush();
}
