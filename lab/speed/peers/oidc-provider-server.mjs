// The same work by oidc-provider, with its state in Redis and its users at the same Configuration Server. Its own process;
// told the Redis URL and the port of that server.
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { Redis } from 'ioredis';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';
import { redisAdapter } from './redis-adapter.mjs';
import { createSignIn, page } from './sign-in.mjs';

const [redisUrl, configServerPort] = process.argv.slice(2);
const redis = new Redis(redisUrl, { enableAutoPipelining: true, keyPrefix: 'peer:' });
const redirectUri = 'https://bench.test/callback';
const algorithms = ['RS256', 'ES256', 'EdDSA'];
async function privateKey(alg) {
  const { privateKey: key } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(key)), alg, use: 'sig', kid: alg };
}

const secret = 'a-secret-of-the-bench-with-256-bits-or-so-xx';
/** Two applications: to the second one people come by their session. */
const clientIds = ['bench', 'bench-second'];
const provider = new Provider('http://127.0.0.1', {
  adapter: redisAdapter(redis),
  jwks: { keys: await Promise.all(algorithms.map(privateKey)) },
  clients: clientIds.map((clientId) => ({
    client_id: clientId,
    client_secret: secret,
    grant_types: ['client_credentials', 'refresh_token', 'authorization_code'],
    redirect_uris: [redirectUri],
  })),
  scopes: ['openid', 'offline_access', 'calls:read'],
  findAccount: (_context, accountId) => ({ accountId, claims: async () => ({ sub: accountId }) }),
  rotateRefreshToken: true,
  ttl: { ClientCredentials: 43_200, AccessToken: 43_200, RefreshToken: 2_592_000, Grant: 2_592_000 },
  // Consent is not asked for.
  loadExistingGrant,
  interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
  cookies: { keys: ['a-cookie-key-of-the-bench'] },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    dPoP: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_context, resource) => ({
        scope: 'calls:read',
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: resource.slice('urn:bench:'.length) } },
      }),
    },
  },
});

async function loadExistingGrant({ oidc }) {
  const grant = new oidc.provider.Grant({
    accountId: oidc.session.accountId,
    clientId: oidc.client.clientId,
  });
  grant.addOIDCScope('openid offline_access calls:read');
  await grant.save();
  return grant;
}

async function refreshTokens(count) {
  const client = await provider.Client.find('bench');
  return Promise.all(
    Array.from({ length: count }, async () => {
      const grant = new provider.Grant({ accountId: 'agent', clientId: 'bench' });
      grant.addOIDCScope('offline_access calls:read');
      const token = new provider.RefreshToken({
        accountId: 'agent',
        client,
        grantId: await grant.save(),
        gty: 'authorization_code',
        scope: 'offline_access calls:read',
        authTime: Math.floor(Date.now() / 1000),
      });
      return token.save();
    }),
  );
}

const { signIn, note, close } = createSignIn({ redis, configServerPort: Number(configServerPort) });
provider.on('authorization_code.saved', ({ accountId: sub, clientId }) => {
  void note({ name: 'code_issued', outcome: 'success', sub, clientId });
});

/** The pages of a login. They read the pending login for each page. */
async function interact(request, response) {
  const form = request.method === 'POST' ? new URLSearchParams(await text(request)) : new URLSearchParams();
  const userName = form.get('username') ?? '';
  const password = form.get('password');
  if (password === null) {
    const { params } = await provider.interactionDetails(request, response);
    const client = await provider.Client.find(params.client_id);
    response.setHeader('content-type', 'text/html; charset=utf-8');
    return response.end(page(request.url, client?.clientName ?? client?.clientId, userName));
  }
  const accountId = await signIn({ userName, password, clientAddress: request.socket.remoteAddress });
  return provider.interactionFinished(request, response, { login: { accountId } });
}

const serve = provider.callback();
const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://peer');
  if (pathname.startsWith('/interaction/')) return interact(request, response);
  if (pathname !== '/refresh-tokens') return serve(request, response);
  response.setHeader('content-type', 'application/json');
  return response.end(JSON.stringify(await refreshTokens(Number(searchParams.get('count')))));
});
server.listen(0, '127.0.0.1', () => {
  const [authorization, second] = clientIds.map(
    (id) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
  );
  const url = `http://127.0.0.1:${server.address().port}`;
  console.log(
    JSON.stringify({ url, authorization, redirectUri, second: { id: clientIds[1], authorization: second } }),
  );
});
process.on('SIGTERM', () => {
  redis.disconnect();
  void close();
  server.close();
  server.closeAllConnections();
});
