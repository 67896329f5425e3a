import { afterAll, beforeAll, expect, test } from 'vitest';
import { flat } from '../pictures.ts';
import { startCli } from './running-cli.ts';

let cli: Awaited<ReturnType<typeof startCli>>;
let of: string[];

beforeAll(async () => {
  cli = await startCli();
  of = ['--cc', await cli.api.contactCenter()];
});
afterAll(() => cli.api.close());

test('branding is set, shown with what is inherited, and deleted', async () => {
  expect((await cli.run(['branding', 'show', ...of])).out).toBe('There is no branding here.\n');
  await cli.run(['branding', 'set', '--global', '--accent', '#0057b8']);
  const fields = JSON.stringify({
    greeting: { en: 'Hello' },
    links: [{ kind: 'help', url: 'https://example.com/' }],
  });
  const set = await cli.run(
    ['branding', 'set', ...of, '--name', 'Acme', '--by-name', 'true', '--file', '-'],
    { input: fields },
  );
  expect(set.out).toBe('The branding at / is set.\n');
  const dry = await cli.run(['branding', 'set', ...of, '--name', 'Another', '--dry-run']);
  expect(dry.out).toMatch(/effective at +\/\n(?:.*\n)*name +Another \(\/\)/);
  const shown = (await cli.run(['branding', 'show', ...of, '--location', '/'])).out;
  expect(shown).toMatch(/name +Acme \(\/\)/);
  expect(shown).toMatch(/colors +\{"accent":"#0057b8","accentDark":"#4a88cd"\} \(global, \/\)/);
  const deleted = await cli.run(['branding', 'delete', ...of, '--yes']);
  expect(deleted.out).toBe('The branding at / is deleted.\n');
});

test('a colour that cannot be read is refused with the nearest one', async () => {
  const { exitCode, error } = await cli.run(['branding', 'set', ...of, '--accent', '#ffcc00']);
  expect([exitCode !== 0, error.includes('#876c00')]).toEqual([true, true]);
  expect((await cli.run(['branding', 'set', '--name', 'Acme'])).error).toContain('--cc ID or --global');
});

test('a logo is sent as a file, and taken away', async () => {
  const input = await flat(40, 20).png().toBuffer();
  const set = await cli.run(['branding', 'logo', '-', ...of], { input });
  expect(set.out).toMatch(/^The logo at \/ is set: \/auth\/v3\/branding\/images\/[0-9a-f]{64}\n$/);
  expect((await cli.run(['branding', 'logo', '--remove', ...of])).out).toBe('The logo at / is deleted.\n');
  expect((await cli.run(['branding', 'logo', '/no/such/file', ...of])).error).toContain('cannot be read');
});
