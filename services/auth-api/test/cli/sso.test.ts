/** `gatehouse sso test` against a whole Auth API that listens. */
import { runCommand } from '@gatehouse/cli/run-command';
import {
  type OpenIdProvider,
  startOpenIdProvider,
} from '@gatehouse/testing/identity-providers/openid-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localTrial, setSignOn } from '../sso/stack/sign-on.ts';
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

const use = (clientSecret: string) =>
  setSignOn(stack, { oidc: { issuer: provider.issuer, clientId: 'gatehouse' }, clientSecret });
const test = (...args: string[]) =>
  runCommand(['sso', 'test', '--contact-center', contactCenterId, ...args], { env, input: '' });

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
    expect(out).toContain('compare clientId, clientSecret and tokenEndpointAuthMethod');
    expect(exitCode).toBe(1);
    const json = await test('--json');
    expect(JSON.parse(json.out)).toMatchObject({ ok: false, protocols: [{ protocol: 'oidc', ok: false }] });
    expect(json.exitCode).toBe(1);
    expect(out + json.out).not.toContain('wrong\n');
  });

  it('says that there is nothing to try, and which contact centre there is not', async () => {
    await setSignOn(stack, {});
    expect((await test()).out).toContain('has no single sign-on settings');
    const missing = await runCommand(
      ['sso', 'test', '--contact-center', '99999999-9999-4999-8999-999999999999'],
      { env, input: '' },
    );
    expect(missing.exitCode).not.toBe(0);
    expect(missing.error).toContain('no such contact centre');
  });
});
