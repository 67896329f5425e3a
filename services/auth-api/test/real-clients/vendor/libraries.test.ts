/** The browser libraries of the vendor's v3 APIs, unchanged: the token they carry is one of ours. */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { recordForeignLibrary } from '@gatehouse/testing/foreign-software';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followAndSignIn, type ListeningAuthApi, startListening } from '../../stack/listening.ts';
import { createClient, passwordTokens, postForm, redirectUri, type TestClient } from '../../stack/oauth.ts';
import { type ResourceServer, startResourceServer } from './resource-server.ts';

let stack: ListeningAuthApi;
let client: TestClient;
let server: ResourceServer;

beforeAll(async () => {
  stack = await startListening({ GATEHOUSE_COMPAT_ENABLED: 'true' });
  client = await createClient(stack);
  server = await startResourceServer(stack.issuer, client);
});
afterAll(async () => {
  server?.close();
  await stack?.close();
});

const program = fileURLToPath(new URL('run-library.cjs', import.meta.url));

async function run(library: 'workspace' | 'provisioning' | 'statistics', given: Record<string, string>) {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--no-deprecation', program, library, server.url, JSON.stringify(given)],
    { timeout: 30_000 },
  );
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

const authorizeLink = () => {
  const query = new URLSearchParams({
    client_id: client.clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
  });
  return `${stack.issuer}/oauth/authorize?${query}`;
};

describe('genesys-workspace-client-js', () => {
  recordForeignLibrary(
    'genesys-workspace-client-js',
    'redeems the code that its server hands on',
    import.meta.url,
  );
  it('starts a workspace with the code of a sign-in, which its server redeems', async () => {
    const back = await followAndSignIn(stack, authorizeLink());
    const code = back.searchParams.get('code') ?? '';

    expect(await run('workspace', { code, redirectUri })).toEqual({ learnt: { userName: 'agent' } });
    expect(await run('workspace', { code, redirectUri })).toEqual({ refused: 401 });
  });
});

describe('genesys-provisioning-client-js', () => {
  recordForeignLibrary(
    'genesys-provisioning-client-js',
    'gives it tokens, which it sends to its server',
    import.meta.url,
  );
  it('acts for the user of its token until that is revoked', async () => {
    const { access_token: token, refresh_token } = await passwordTokens(stack, client);

    expect(await run('provisioning', { token })).toEqual({ learnt: { userName: 'agent' } });

    await postForm(stack, 'revoke', { token: refresh_token }, client);
    expect(await run('provisioning', { token })).toEqual({ refused: 401 });
  });
});

describe('genesys-statistics-client-js', () => {
  recordForeignLibrary(
    'genesys-statistics-client-js',
    'gives it tokens, which it sends to its server',
    import.meta.url,
  );
  it('reads statistics with a token of ours', async () => {
    const { access_token: token } = await passwordTokens(stack, client);
    expect(await run('statistics', { token })).toEqual({ learnt: { code: 0 } });
  });
});
