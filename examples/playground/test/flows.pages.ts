/** Runs the flows that wait: the copied programs of openid-client ask five seconds later, and so does the page by itself. */
import { describe, expect, test } from 'vitest';
import { visitPlayground } from './visit.ts';

describe('flows of the playground that wait', () => {
  const at = visitPlayground();

  test('device: the copied program asks until the person has allowed it', async () => {
    await at.allowDevice(await at.context.newPage(), 'openid-client');
  });

  test('CIBA: the copied program asks until the person has approved', async () => {
    await at.approveCall(await at.context.newPage(), 'openid-client');
  });

  test('with a script a flow asks by itself, and copying takes what is printed', async () => {
    const scripted = await at.browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
    try {
      const problems: string[] = [];
      const tab = await scripted.newPage();
      tab.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
      await tab.goto(`${at.playground}/device`);
      await tab.getByRole('button', { name: 'Switch the wallboard on' }).click();
      await tab.locator('.calls').waitFor();
      await tab.waitForURL(`${at.playground}/device`);
      await tab.locator('.answers', { hasText: 'authorization_pending' }).waitFor();
      await tab.locator('.calls summary').first().click();
      await tab.locator('details[open]').getByText('Python', { exact: true }).click();
      await tab.getByRole('button', { name: 'Copy: Python' }).click();
      await tab.getByRole('button', { name: 'Copy: Python' }).getByText('Copied').waitFor();
      expect(await tab.evaluate(() => navigator.clipboard.readText())).toContain('urlopen(request)');
      expect(problems).toEqual([]);
    } finally {
      await scripted.close();
    }
  }, 60_000);
});
