/** The lines of docs/guides/migration.md that copy the clients of an existing installation. */
import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runCommand } from '@gatehouse/cli/run-command';
import { temporaryFolder } from '@gatehouse/testing/programs';
import { hash } from '@node-rs/bcrypt';
import { expect, it, onTestFinished } from 'vitest';
import { startAuthApi } from '../stack/auth-api.ts';
import { operatorEnvironment } from '../stack/command-line.ts';
import { token } from '../stack/oauth.ts';

const page = readFileSync(new URL('../../../../docs/guides/migration.md', import.meta.url), 'utf8');
const printed = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].find(([, text]) =>
  text?.includes('clients.json'),
);
const [fetched = '', applied = ''] = printed?.[1]?.split(/^(?=gatehouse )/m) ?? [];
const hasPrograms = ['curl', 'jq'].every((program) => spawnSync(program, ['--version']).status === 0);

/** As an existing installation lists a client: it shows no secret, and fields without a value. */
const former = (client_id: string) => ({
  client_id,
  name: client_id,
  description: null,
  clientType: 'CONFIDENTIAL',
  internalClient: false,
  authorities: ['ROLE_USER'],
  scope: ['*'],
  authorizedGrantTypes: ['client_credentials', 'authorization_code', 'refresh_token'],
  redirectURIs: ['https://desktop.example.com'],
  accessTokenExpirationTimeout: 43_200,
  refreshTokenExpirationTimeout: 86_400,
  contactCenterIds: null,
  createdAt: 1_600_000_000_000,
});

it.skipIf(!hasPrograms)(
  'clients of an existing installation are copied as printed, and their components keep their secrets',
  async () => {
    const account = 'ops:former-password';
    const server = createServer((request, response) => {
      const isOperator = request.headers.authorization === `Basic ${Buffer.from(account).toString('base64')}`;
      const isList = request.url === '/auth/v3/ops/clients';
      const data = ['hashed', 'plain', 'forgotten'].map(former);
      response.writeHead(isOperator && isList ? 200 : 401).end(JSON.stringify({ status: { code: 0 }, data }));
    });
    onTestFinished(() => void server.close());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const stack = await startAuthApi();
    onTestFinished(() => stack.close());

    const cwd = await temporaryFolder();
    const secrets = { hashed: 'what its component sends', plain: 'a plain secret that it keeps' };
    const stored = { ...secrets, hashed: `{bcrypt}${await hash(secrets.hashed, { cost: 4 })}` };
    writeFileSync(join(cwd, 'client-secrets.json'), JSON.stringify(stored));
    const env = { ...process.env, FORMER: `http://127.0.0.1:${port}/auth/v3`, FORMER_OPS: account };
    await promisify(execFile)('bash', ['-eu', '-o', 'pipefail', '-c', fetched], { cwd, env });

    const operator = { env: await operatorEnvironment(stack) };
    const file = join(cwd, 'clients.json');
    const args = applied.trim().split(' ').slice(1).join(' ').replace('clients.json', file).split(' ');
    const { exitCode, out, error } = await runCommand([...args, '--json'], operator);
    expect({ exitCode, error }).toMatchObject({ exitCode: 0 });
    const rows = JSON.parse(out) as { client_id: string; client_secret?: string }[];
    const { client_secret: made = '' } = rows.find(({ client_id }) => client_id === 'forgotten') ?? {};
    for (const [clientId, clientSecret] of Object.entries({ ...secrets, forgotten: made })) {
      const client = { clientId, clientSecret, redirectUri: '' };
      expect((await token(stack, client, { grant_type: 'client_credentials' })).status, clientId).toBe(200);
    }
    expect((await runCommand(args, operator)).out).not.toContain('created');
  },
  60_000,
);
