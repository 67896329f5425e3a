/** The command line against a whole Auth API that listens. */
import { fileURLToPath } from 'node:url';
import { runCommand } from '@gatehouse/cli/run-command';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { operatorEnvironment } from '../stack/command-line.ts';

const keystore = fileURLToPath(new URL('../keys/signing-keys/keystores/ec.p12', import.meta.url));
let stack: AuthApi;
let env: Record<string, string>;

beforeAll(async () => {
  stack = await startAuthApi();
  env = await operatorEnvironment(stack);
});
afterAll(() => stack?.close());

const run = (args: string[], input = '') => runCommand(args, { env, input });
const activeKid = (algorithm: 'RS256' | 'ES256') => stack.deps.signingKeys.service.keys.active(algorithm).kid;

describe('the keys that sign, from the command line', () => {
  it('are listed as a table and as JSON', async () => {
    const table = (await run(['list-keys'])).out;
    expect(table).toMatch(/RS256\s+active\s+\S{43}\s+generated/);
    expect(table).toMatch(/EdDSA\s+next\s+\S{43}\s+generated\s+not yet/);
    expect(JSON.parse((await run(['list-keys', '--json'])).out)).toHaveLength(6);
  });

  it('are rotated, all or those of one algorithm', async () => {
    const [rs, es] = [activeKid('RS256'), activeKid('ES256')];
    await run(['rotate-keys', '--algorithm', 'ES256']);
    expect(activeKid('RS256')).toBe(rs);
    expect(activeKid('ES256')).not.toBe(es);
    expect((await run(['rotate-keys'])).out).toMatch(/RS256\s+retired/);
    expect(activeKid('RS256')).not.toBe(rs);
    const wrong = await run(['rotate-keys', '--algorithm', 'HS256']);
    expect(wrong.exitCode).not.toBe(0);
    expect(wrong.error).toContain('algorithm');
  });

  it('are brought along in a keystore, retired, and removed after a question', async () => {
    const imported = await run(
      ['import-key', keystore, '--password-file', '-', '--active', '--json'],
      'changeit\n',
    );
    const { kid } = JSON.parse(imported.out);
    expect(activeKid('ES256')).toBe(kid);

    await run(['retire-key', kid]);
    expect(activeKid('ES256')).not.toBe(kid);
    expect(stack.deps.signingKeys.service.keys.find(kid)?.state).toBe('retired');
    expect(await run(['remove-key', kid])).toMatchObject({ exitCode: 2, out: '' });
    await run(['remove-key', kid, '--yes']);
    expect(stack.deps.signingKeys.service.keys.find(kid)).toBeUndefined();

    const unreadable = await run(['import-key', '/nowhere/key.pem']);
    expect(unreadable.error).toContain('cannot be read');
  });
});
