/** `gatehouse sso test` against a whole Auth API that listens. */
import { runCommand } from '@gatehouse/cli/run-command';
import { type OpenIdProvider, startOpenIdProvider } from '@gatehouse/testing/identity-providers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localTrial, setSignOn, signOnView } from '../sign-in/sso/stack/sign-on.ts';
import { type AuthApi, contactCenterId, publicUrl, startAuthApi } from '../stack/auth-api.ts';
import { operatorEnvironment } from '../stack/command-line.ts';

let stack: AuthApi;
let provider: OpenIdProvider;
let env: Record<string, string>;

beforeAll(async () => {
  const redirectUri = `${publicUrl}/auth/v3/sso/oidc/callback/${contactCenterId}/-`;
  [stack, provider] = await Promise.all([
    startAuthApi({ env: localTrial }),
    startOpenIdProvider({
      clients: [{ client_id: 'gatehouse', client_secret: 'right', redirect_uris: [redirectUri] }],
    }),
  ]);
  env = await operatorEnvironment(stack);
});
afterAll(() => Promise.all([stack?.close(), provider?.close()]));

const use = (clientSecret: string, enabled = true) =>
  setSignOn(stack, { oidc: { enabled, issuer: provider.issuer, clientId: 'gatehouse' }, clientSecret });
const test = (...args: string[]) =>
  runCommand(['sso', 'test', '--contact-center', contactCenterId, ...args], { env, input: '' });

describe('gatehouse sso set --dry-run', () => {
  it('prints the checks of what would be stored, and ends with 1 where one fails', async () => {
    const plan = (secret: string) => () =>
      signOnView({
        oidc: { enabled: false, issuer: provider.issuer, clientId: 'gatehouse' },
        clientSecret: secret,
      });
    const set = ['sso', 'set', 'oidc', '--contact-center', contactCenterId, '--logout', 'true', '--dry-run'];
    stack.environmentApi.plan = plan('right');
    const good = await runCommand([...set, '--user', 'agent'], { env, input: '' });
    expect(good.out).toContain('oidc at /: every check passed\n');
    expect(good.out).toContain('DBID 101');
    expect(good.out + good.error).toContain('Nothing is stored');
    stack.environmentApi.plan = plan('wrong');
    expect((await runCommand(set, { env, input: '' })).exitCode).toBe(1);
  });
});

describe('gatehouse sso test', () => {
  it('prints every check and ends well', async () => {
    await use('right');
    const { out, exitCode } = await test('--user', 'agent');
    expect(out).toContain('oidc at /: every check passed');
    for (const step of ['discovery', 'keys', 'client secret', 'person']) expect(out).toContain(step);
    expect(out).toContain('DBID 101');
    expect(exitCode).toBe(0);
  });

  it('names the check that failed with what to change, and ends with 1; as JSON for programs', async () => {
    await use('wrong');
    const { out, exitCode } = await test();
    expect(out).toContain(
      'compare the client id, the client secret and how Gatehouse proves itself (tokenEndpointAuthMethod)',
    );
    expect(exitCode).toBe(1);
    const json = await test('--json');
    expect(JSON.parse(json.out)).toMatchObject({ ok: false, protocols: [{ protocol: 'oidc', ok: false }] });
    expect(json.exitCode).toBe(1);
    expect(out + json.out).not.toContain('wrong\n');
  });

  it('ends well before single sign-on is enabled, and says what comes next', async () => {
    await use('right', false);
    const { out, exitCode } = await test();
    expect(out).toContain('oidc at /: every check passed, not enabled yet');
    expect(out).toContain(
      `Next: gatehouse sso enable oidc --contact-center ${contactCenterId} --location /\n`,
    );
    expect(exitCode).toBe(0);
    await use('wrong', false);
    const failed = await test();
    expect(failed.exitCode).toBe(1);
    expect(failed.out).not.toContain('Next:');
  });

  it('says what it did not try', async () => {
    await use('right');
    expect((await test()).out).toMatch(/- answer +Only a sign-in shows .*preferred_username/);
  });

  it('says that there is nothing to try, and which contact centre there is not', async () => {
    await setSignOn(stack, {});
    expect(await test()).toMatchObject({
      exitCode: 1,
      out: expect.stringContaining('has no single sign-on settings: gatehouse sso set'),
    });
    const missing = await runCommand(
      ['sso', 'test', '--contact-center', '99999999-9999-4999-8999-999999999999'],
      { env, input: '' },
    );
    expect(missing.exitCode).not.toBe(0);
    expect(missing.error).toContain('no such contact centre');
  });
});
