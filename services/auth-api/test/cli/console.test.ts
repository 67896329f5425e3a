/** `gatehouse console open` against a whole Auth API that listens. */
import { runCommand } from '@gatehouse/cli/run-command';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AuthApi, publicUrl, startAuthApi } from '../stack/auth-api.ts';
import { operatorEnvironment } from '../stack/command-line.ts';
import { redeemLink } from '../stack/console-link.ts';
import { createClient } from '../stack/oauth.ts';

let stack: AuthApi;
let env: Record<string, string>;
beforeAll(async () => {
  stack = await startAuthApi();
  env = await operatorEnvironment(stack);
});
afterAll(() => stack?.close());

it('a link stands alone on standard output, for people and for scripts, and works', async () => {
  const { out, error, exitCode } = await runCommand(['console', 'open'], { env });
  expect(exitCode).toBe(0);
  expect(out).toMatch(new RegExp(`^${publicUrl}/auth/console/open#[A-Za-z0-9_-]{43}\n$`));
  expect(error).toContain('within 60 seconds');
  expect((await redeemLink(stack, out.trim().split('#')[1] ?? '')).status).toBe(200);

  const json = JSON.parse((await runCommand(['console', 'open', '--json'], { env })).out);
  expect(Object.keys(json)).toEqual(['url', 'expiresAt']);
});

it('a client or a token is told whose credentials are needed, and asks for nothing', async () => {
  const { clientId, clientSecret = '' } = await createClient(stack, {
    authorities: ['ROLE_MANAGEMENT_APPLICATION'],
  });
  const { GATEHOUSE_URL = '' } = env;
  for (const credentials of [
    { GATEHOUSE_CLIENT_ID: clientId, GATEHOUSE_CLIENT_SECRET: clientSecret },
    { GATEHOUSE_TOKEN: 'any' },
  ]) {
    const answer = await runCommand(['console', 'open'], { env: { GATEHOUSE_URL, ...credentials } });
    expect(answer).toMatchObject({ exitCode: 2, out: '' });
    expect(answer.error).toContain('operator account');
  }
});
