import axe from 'axe-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Stage, setStage } from './browser.ts';

const digest = 'b'.repeat(64);
const branding = {
  name: 'Nordic Travel',
  logo: { digest, width: 300, height: 80 },
  colors: { accent: '#7a2bbf', accentDark: '#c79bf0' },
  greeting: { en: 'Good to see you. Your customers are waiting for you.' },
  links: [
    { kind: 'privacy' as const, url: 'https://nordic.example/privacy' },
    { kind: 'other' as const, url: 'https://nordic.example/desk', label: { en: 'Service desk' } },
  ],
  notices: (['maintenance', 'incident', 'info'] as const).map((kind) => ({
    kind,
    text: { en: 'On Sunday from two to four nobody can sign in.' },
    from: '2027-01-29T00:00:00.000Z',
    until: '2027-01-31T04:00:00.000Z',
  })),
};
let stage: Stage;

beforeAll(async () => {
  stage = await setStage();
  const client = { id: 'workspace', name: 'Agent Workspace', logo: { digest, width: 64, height: 64 } };
  stage.hold({ id: 'first', branding, client });
  stage.hold({
    id: 'failed',
    branding,
    client,
    error: 'bad_credentials',
    userName: 'maria',
    contactCenterHint: 'nordic',
  });
  stage.hold({
    id: 'consent',
    branding,
    client,
    consent: { userName: 'nordic\\maria', scope: ['openid', 'calls:read'] },
  });
  stage.brand(branding);
});
afterAll(() => stage.close());

const pages = {
  name: '/auth/sign-in.html?interaction=first',
  password: '/auth/sign-in.html?error&interaction=failed',
  consent: '/auth/consent.html?interaction=consent',
  device: '/auth/device',
  out: '/auth/signed-out.html',
  error: '/auth/nothing-here',
};

describe.each([
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['a phone', { colorScheme: 'light', viewport: { width: 320, height: 640 } }],
  ['forced colours', { forcedColors: 'active' }],
] as const)('pages with a branding, on %s', (name, options) => {
  it.each(Object.entries(pages))(
    '%s: has no violation, no refused resource, no sideways scrolling',
    async (kind, path) => {
      const context = await stage.open(options);
      const page = await context.newPage();
      const refused: string[] = [];
      page.on('console', (message) => {
        if (/Content Security Policy/.test(message.text())) refused.push(message.text());
      });
      await page.goto(`${stage.origin}${path}`);
      // The policy permits no script of a test; axe is put in by the debugger.
      await page.evaluate(axe.source);
      const { violations } = (await page.evaluate('axe.run()')) as {
        violations: { id: string; nodes: { html: string }[] }[];
      };
      expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
      expect(refused).toEqual([]);
      expect(
        await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth'),
      ).toBe(true);
      if (process.env['GATEHOUSE_SCREENSHOTS'] !== undefined)
        await page.screenshot({
          path: `${process.env['GATEHOUSE_SCREENSHOTS']}/brand-${kind}-${name.replace(' ', '-')}.png`,
          fullPage: true,
        });
      await context.close();
    },
  );
});

it('colours buttons and the picture beside the form in the accent', async () => {
  const context = await stage.open({ colorScheme: 'light' });
  const page = await context.newPage();
  await page.goto(`${stage.origin}${pages.name}`);
  const color = (selector: string, property: string) =>
    page.evaluate(`getComputedStyle(document.querySelector('${selector}')).getPropertyValue('${property}')`);
  expect(await color('.button', 'background-color')).toBe('rgb(122, 43, 191)');
  expect(await color('.scene', 'background-image')).not.toContain('18, 72, 60');
  await context.close();
});
