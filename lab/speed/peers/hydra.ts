/** Hydra beside us, on PostgreSQL and with a login application of the bench; docs/contributing/benchmark-of-peers.md says what its documentation advises. */
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '@gatehouse/testing/network';
import type { BenchStack } from '../bench-stack.ts';
import { hydraVersion } from '../hydra/build.ts';
import type { LoadPlan } from '../load.ts';
import { createLoginDriver, type LoginTarget } from '../login/whole-login.ts';
import { pin, serverCore } from '../machine.ts';
import { start, startProgram } from '../processes.ts';
import { basic, formOf, sendForm, sendJson } from '../requests.ts';
import { chainsOf } from '../rows/refresh.ts';
import { planOf, type Server } from './server.ts';

const secret = 'a-secret-of-the-bench-with-256-bits-or-so-xx';
const redirectUri = 'https://bench.test/callback';
const clients = { opaque: 'bench', jwt: 'bench-jwt' };

/** `program`: what was built. */
export async function startHydra(program: string, folder: string, stack: BenchStack): Promise<Server> {
  const [publicPort = 0, adminPort = 0, pagesPort = 0] = await Promise.all([1, 2, 3].map(freePort));
  const [url, adminUrl, pagesUrl] = [publicPort, adminPort, pagesPort].map(
    (port) => `http://127.0.0.1:${port}`,
  ) as [string, string, string];
  const database = await stack.createDatabase('hydra');
  // More than the load has: a request that signs waits with its connection for one more, and with fewer none is answered.
  database.search = 'sslmode=disable&max_conns=80&max_idle_conns=80';
  const env = { DSN: database.href, GOMAXPROCS: '1' };
  const config = join(folder, 'hydra.json');
  await writeFile(config, JSON.stringify(configOf({ publicPort, adminPort, url, pagesUrl })));
  await promisify(execFile)(program, ['migrate', 'sql', '--read-from-env', '--yes'], {
    env: { ...process.env, ...env },
  });
  const args = ['serve', 'all', '--dev', '--config', config];
  const server = await startProgram({ program, args, env, readyUrl: `${adminUrl}/health/ready` });
  const pages = await start([
    'lab/speed/peers/hydra-login-server.mjs',
    ...[adminUrl, stack.redisUrl, String(stack.configServerPort), String(pagesPort)],
  ]);
  pin(pages.pid, serverCore);
  for (const set of ['hydra.jwt.access-token', 'hydra.openid.id-token'])
    await sendJson('PUT', `${adminUrl}/admin/keys/${set}`, { keys: [signingKey(set)] });
  await sendJson('POST', `${adminUrl}/admin/clients`, clientOf(clients.opaque, 'opaque'));
  await sendJson('POST', `${adminUrl}/admin/clients`, clientOf(clients.jwt, 'jwt'));
  const loginTarget: LoginTarget = {
    origin: url,
    authorizePath: '/oauth2/auth',
    tokenPath: '/oauth2/token',
    client: { id: clients.opaque, authorization: basic(clients.opaque, secret), redirectUri },
    fields: { username: stack.user.name, password: stack.user.password },
  };
  return {
    name: 'Hydra',
    version: hydraVersion,
    pids: [server.pid],
    loginPids: [server.pid, pages.pid],
    loginTarget,
    plan: planOf(plansOf(url, adminUrl, loginTarget, stack)),
    async stop() {
      await Promise.all([server.stop(), pages.stop()]);
    },
  };
}

interface Addresses {
  publicPort: number;
  adminPort: number;
  url: string;
  pagesUrl: string;
}

function configOf({ publicPort, adminPort, url, pagesUrl }: Addresses) {
  return {
    serve: {
      public: { host: '127.0.0.1', port: publicPort },
      admin: { host: '127.0.0.1', port: adminPort },
    },
    urls: { self: { issuer: url }, login: `${pagesUrl}/login`, consent: `${pagesUrl}/consent` },
    secrets: { system: ['a-system-secret-of-the-bench'] },
    // The secret of a client has 256 random bits: it needs no slow hash, and nobody else here has one.
    oauth2: { hashers: { algorithm: 'pbkdf2', pbkdf2: { iterations: 1 } } },
    ttl: { access_token: '12h', refresh_token: '720h' },
    log: { level: 'warn' },
    sqa: { opt_out: true },
  };
}

/** Of 2048 bits as the others have; its own would have 4096 and cost several times as much. */
function signingKey(kid: string) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' };
}

function clientOf(id: string, strategy: 'opaque' | 'jwt') {
  return {
    client_id: id,
    client_name: id,
    client_secret: secret,
    grant_types: ['client_credentials', 'refresh_token', 'authorization_code'],
    response_types: ['code'],
    redirect_uris: [redirectUri],
    scope: 'openid offline_access calls:read',
    token_endpoint_auth_method: 'client_secret_basic',
    access_token_strategy: strategy,
    skip_consent: true,
  };
}

/** It signs with one key for all clients: RS256 here, so there is no row of ES256. */
function plansOf(url: string, adminUrl: string, target: LoginTarget, { chains }: BenchStack) {
  const tokenUrl = `${url}/oauth2/token`;
  const { authorization } = target.client;
  const clientCredentials = { grant_type: 'client_credentials', scope: 'calls:read' };
  const body = formOf(clientCredentials);
  const plans: Record<string, () => Promise<LoadPlan>> = {
    client_credentials_opaque: async () => ({ url: tokenUrl, headers: { authorization }, body }),
    client_credentials_rs256: async () => ({
      url: tokenUrl,
      headers: { authorization: basic(clients.jwt, secret) },
      body,
    }),
    introspect: async () => {
      const { access_token: token } = await sendForm(tokenUrl, clientCredentials, authorization);
      return { url: `${adminUrl}/admin/oauth2/introspect`, headers: {}, body: formOf({ token }) };
    },
    refresh: async () => {
      const driver = createLoginDriver(target, 1);
      const client = { ...target.client, scope: 'offline_access calls:read' };
      const families: string[] = [];
      while (families.length < chains)
        families.push((await driver.open().signIn(client)).refresh_token ?? '');
      await driver.close();
      return { url: tokenUrl, headers: { authorization }, body: chainsOf(families) };
    },
  };
  return plans;
}
