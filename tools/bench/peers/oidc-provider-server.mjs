// The same work by oidc-provider, with its state in Redis. Its own process; told the Redis URL.
import { createServer } from 'node:http';
import { Redis } from 'ioredis';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';

const redis = new Redis(process.argv[2] ?? '', { enableAutoPipelining: true, keyPrefix: 'peer:' });
const algorithms = ['RS256', 'ES256', 'EdDSA'];
/** Models whose records are marked when they were used. */
const consumable = new Set(['AuthorizationCode', 'RefreshToken', 'DeviceCode']);

class RedisAdapter {
  constructor(model) {
    this.model = model;
  }

  keyOf(id) {
    return `${this.model}:${id}`;
  }

  async upsert(id, payload, expiresIn) {
    const key = this.keyOf(id);
    const steps = redis.multi();
    if (consumable.has(this.model)) steps.hset(key, 'payload', JSON.stringify(payload));
    else steps.set(key, JSON.stringify(payload));
    if (expiresIn) steps.expire(key, expiresIn);
    if (payload.grantId && this.model !== 'Grant') steps.rpush(`grant:${payload.grantId}`, key);
    await steps.exec();
  }

  async find(id) {
    const key = this.keyOf(id);
    if (!consumable.has(this.model)) return JSON.parse((await redis.get(key)) ?? 'null') ?? undefined;
    const { payload, consumed } = await redis.hgetall(key);
    return payload && { ...JSON.parse(payload), ...(consumed ? { consumed: Number(consumed) } : {}) };
  }

  async consume(id) {
    await redis.hset(this.keyOf(id), 'consumed', Math.floor(Date.now() / 1000));
  }

  async destroy(id) {
    await redis.del(this.keyOf(id));
  }

  async revokeByGrantId(grantId) {
    const keys = await redis.lrange(`grant:${grantId}`, 0, -1);
    await redis.del(`grant:${grantId}`, ...keys);
  }

  async findByUid() {}
  async findByUserCode() {}
}

async function privateKey(alg) {
  const { privateKey: key } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(key)), alg, use: 'sig', kid: alg };
}

const secret = 'a-secret-of-the-bench-with-256-bits-or-so-xx';
const provider = new Provider('http://127.0.0.1', {
  adapter: RedisAdapter,
  jwks: { keys: await Promise.all(algorithms.map(privateKey)) },
  clients: [
    {
      client_id: 'bench',
      client_secret: secret,
      grant_types: ['client_credentials', 'refresh_token', 'authorization_code'],
      redirect_uris: ['https://bench.test/callback'],
    },
  ],
  scopes: ['openid', 'offline_access', 'calls:read'],
  findAccount: (_context, accountId) => ({ accountId, claims: async () => ({ sub: accountId }) }),
  rotateRefreshToken: true,
  ttl: { ClientCredentials: 43_200, AccessToken: 43_200, RefreshToken: 2_592_000, Grant: 2_592_000 },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
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

const serve = provider.callback();
const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://peer');
  if (pathname !== '/refresh-tokens') return serve(request, response);
  response.setHeader('content-type', 'application/json');
  return response.end(JSON.stringify(await refreshTokens(Number(searchParams.get('count')))));
});
server.listen(0, '127.0.0.1', () => {
  const authorization = `Basic ${Buffer.from(`bench:${secret}`).toString('base64')}`;
  console.log(JSON.stringify({ url: `http://127.0.0.1:${server.address().port}`, authorization }));
});
process.on('SIGTERM', () => {
  redis.disconnect();
  server.close();
  server.closeAllConnections();
});
