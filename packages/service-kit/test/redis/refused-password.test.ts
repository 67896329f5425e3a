/** Secrets in errors of the Redis library: they carry the command that was refused. */
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { redisConfigOf, startRedis } from '@gatehouse/testing/redis';
import { expect, it } from 'vitest';
import { Secret } from '../../src/crypto/secret.ts';
import { createLogger } from '../../src/observability/logging/logger.ts';
import { createRedis } from '../../src/redis/client.ts';

it('a password that Redis refuses is in no log line', async () => {
  const server = await startRedis();
  let text = '';
  const sink = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const redis = createRedis(
    {
      ...redisConfigOf(server, 1000),
      username: 'gatehouse',
      password: new Secret('hunter2-of-redis'),
    },
    { log: createLogger('test', { level: 'info', format: 'json' }, sink) },
  );
  await once(redis, 'error');

  expect(text).toContain('WRONGPASS');
  expect(text).not.toContain('hunter2-of-redis');
  redis.disconnect();
  await server.close();
});
