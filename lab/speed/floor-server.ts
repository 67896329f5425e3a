/** The floors that rows are compared with: bare Fastify, the same work without the product. Its own process. */
import { generateKeyPairSync, sign } from 'node:crypto';
import formbody from '@fastify/formbody';
import Fastify from 'fastify';
import { Redis } from 'ioredis';

const [redisUrl = ''] = process.argv.slice(2);
const redis = new Redis(redisUrl, { enableAutoPipelining: true });
const record = JSON.stringify({ active: true, client_id: 'bench', scope: '*', padding: 'x'.repeat(330) });
await redis.set('floor:record', record);

const answer = {
  response: {
    200: {
      type: 'object',
      properties: {
        access_token: { type: 'string' },
        token_type: { type: 'string' },
        expires_in: { type: 'integer' },
      },
    },
  },
} as const;
const token = { access_token: 'x'.repeat(43), token_type: 'bearer', expires_in: 43_200 };

const app = Fastify({ logger: false });
await app.register(formbody);
let counter = 0;

/** A form in, JSON out, nothing else. */
app.post('/form', { schema: answer }, async () => token);

/** The same with writes to Redis, each of which waits for the one before. */
for (const turns of [1, 2, 3])
  app.post(`/redis-set-${turns}`, { schema: answer }, async () => {
    for (let turn = 0; turn < turns; turn += 1) {
      counter += 1;
      await redis.set(`floor:${counter % 100_000}`, record, 'EX', 600);
    }
    return token;
  });

/** The same with one read from Redis. */
app.post('/redis-get', async (_request, reply) => {
  const stored = await redis.get('floor:record');
  return reply.type('application/json').send(stored);
});

/** The same with one signature. */
const keys = {
  rs256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  es256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  eddsa: generateKeyPairSync('ed25519'),
};
const claims = Buffer.from(record);
for (const [name, { privateKey: key }] of Object.entries(keys)) {
  const digest = name === 'eddsa' ? null : 'sha256';
  app.post(`/sign-${name}`, { schema: answer }, async () => ({
    ...token,
    access_token: sign(digest, claims, { key, dsaEncoding: 'ieee-p1363' }).toString('base64url'),
  }));
}

console.log(await app.listen({ host: '127.0.0.1', port: 0 }));
process.on('SIGTERM', () => {
  redis.disconnect();
  void app.close();
});
