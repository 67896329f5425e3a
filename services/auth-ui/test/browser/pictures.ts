/** Takes pictures of pages for people to look at: artefacts below .gatehouse/screenshots, never committed. */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

const folder = fileURLToPath(new URL('../../../../.gatehouse/screenshots/', import.meta.url));

const looks = {
  light: { width: 1280, colorScheme: 'light' },
  dark: { width: 1280, colorScheme: 'dark' },
  phone: { width: 375, colorScheme: 'light' },
  /** The page is in a language that runs from right to left. */
  'right-to-left': { width: 1280, colorScheme: 'light' },
} as const;

export type Look = keyof typeof looks;

/** Of the page as it is now; leaves it light and on a desk. */
export async function takePictures(page: Page, name: string, wanted: readonly Look[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const look of wanted) {
    const { width, colorScheme } = looks[look];
    await page.setViewportSize({ width, height: 800 });
    // Without transitions, which would be caught half way.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    // The picture beside a form is as high as the window: on a long page, too.
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.setViewportSize({ width, height: Math.max(800, height) });
    await page.screenshot({ path: `${folder}${name}.${look}.png` });
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'no-preference' });
}
