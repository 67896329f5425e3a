import { afterAll, beforeAll, expect, it } from 'vitest';
import { branding } from './branding.ts';
import { type Stage, setStage } from './browser.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await setStage();
  stage.hold({ id: 'first', branding });
});
afterAll(() => stage?.close());

it('colours buttons and the picture beside the form in the accent', async () => {
  const context = await stage.open({ colorScheme: 'light' });
  const page = await context.newPage();
  await page.goto(`${stage.origin}/auth/sign-in.html?interaction=first`);
  const color = (selector: string, property: string) =>
    page.evaluate(`getComputedStyle(document.querySelector('${selector}')).getPropertyValue('${property}')`);
  expect(await color('.button', 'background-color')).toBe('rgb(122, 43, 191)');
  expect(await color('.scene', 'background-image')).not.toContain('18, 72, 60');
});
