import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCli } from './running-cli.ts';

let cli: Awaited<ReturnType<typeof startCli>>;
let environmentId: string;

beforeAll(async () => {
  cli = await startCli();
  environmentId = await cli.api.environment();
});
afterAll(() => cli.api.close());

async function contactCenter(domain: string): Promise<string> {
  return (
    await cli.json('cc', 'create', '--environment', environmentId, '--domains', domain, '--members', 'all')
  ).id;
}

const metadata = '<EntityDescriptor entityID="https://idp.example.com"></EntityDescriptor>';

test('SAML is set, shown, enabled and disabled; what is not given stays', async () => {
  const id = await contactCenter('saml.example');
  const of = ['--contact-center', id];
  expect((await cli.run(['sso', 'show', ...of])).out).toContain('has no single sign-on settings');
  const set = await cli.run([
    ...['sso', 'set', 'saml', ...of, '--metadata-url', 'https://idp.example.com/metadata'],
    ...['--user-name-attribute', 'mail', '--user-lookup', 'email', '--encrypt-assertions', 'true'],
  ]);
  expect(set.out).toBe(
    'saml at / is set, and not enabled: gatehouse sso test, then gatehouse sso enable saml.\n',
  );
  expect((await cli.run(['sso', 'enable', 'saml', ...of])).out).toBe('saml at / is enabled.\n');
  const more = ['--metadata-file', '-', '--required-groups', 'agents, leads', '--groups-attribute', 'groups'];
  await cli.run(['sso', 'set', 'saml', ...of, ...more], { input: metadata });
  const [shown] = await cli.json('sso', 'show', ...of);
  expect(shown).toMatchObject({
    protocol: 'saml',
    enabled: true,
    userNameSource: 'attribute',
    userNameAttribute: 'mail',
    userLookup: 'email',
    encryptAssertions: true,
    idpMetadataXml: metadata,
    requiredGroups: ['agents', 'leads'],
  });
  expect((await cli.run(['sso', 'show', ...of])).out).toMatch(/userNameAttribute +mail/);
  expect((await cli.run(['sso', 'disable', 'saml', ...of])).out).toBe('saml at / is disabled.\n');
  expect((await cli.json('sso', 'show', ...of))[0]).toMatchObject({ enabled: false });
});

test('OpenID Connect takes its secret from a file and never shows it', async () => {
  const id = await contactCenter('oidc.example');
  const of = ['--contact-center', id, '--location', '/USW1'];
  await cli.run(['locations', 'declare', '/USW1']);
  const set = await cli.run(
    [
      ...['sso', 'set', 'oidc', ...of, '--issuer', 'https://idp.example.com', '--client-id', 'gatehouse'],
      ...['--client-secret-file', '-', '--scopes', 'openid,email', '--user-name-claim', 'email'],
    ],
    { input: 'a secret at the provider\n' },
  );
  expect(set.exitCode).toBe(0);
  await cli.run(['sso', 'enable', 'oidc', ...of]);
  const shown = await cli.run(['sso', 'show', '--contact-center', id, '--json']);
  expect(JSON.parse(shown.out)).toMatchObject([
    {
      protocol: 'oidc',
      location: '/USW1',
      enabled: true,
      hasClientSecret: true,
      scopes: ['openid', 'email'],
    },
  ]);
  expect(shown.out + set.out).not.toContain('a secret at the provider');
});

test('what is not set cannot be enabled, and what is wrong is named', async () => {
  const of = ['--contact-center', await contactCenter('none.example')];
  expect(await cli.run(['sso', 'enable', 'saml', ...of])).toMatchObject({
    exitCode: 2,
    error: expect.stringContaining('There are no saml settings at /: gatehouse sso set saml'),
  });
  expect(await cli.run(['sso', 'set', 'saml', ...of])).toMatchObject({ exitCode: 2 });
  expect(await cli.run(['sso', 'set', 'saml', ...of, '--encrypt-assertions', 'yes'])).toMatchObject({
    exitCode: 2,
    error: expect.stringContaining('neither true nor false'),
  });
  await cli.run(['sso', 'set', 'saml', ...of, '--logout', 'true']);
  expect(await cli.run(['sso', 'enable', 'saml', ...of])).toMatchObject({
    exitCode: 5,
    error: expect.stringContaining('idpMetadataUrl'),
  });
});
