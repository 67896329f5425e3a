import { readdirSync, rmSync, statSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@gatehouse/testing/network';
import { startRedisServer } from '@gatehouse/testing/redis';
import { expect, onTestFinished, test } from 'vitest';
import { createFolders, statePaths } from '../state/paths.ts';

// attack: reading sessions in the Redis file of the local stack | CWE-276 | guard: packages/testing/src/redis/redis-server.ts
test('the files of Redis are for their owner alone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-redis-files-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const paths = statePaths(folder);
  createFolders(paths);
  const redis = await startRedisServer({
    port: await freePort(),
    dataDir: paths.redisData,
    password: 'test',
  });
  try {
    const files = readdirSync(paths.redisData, { recursive: true, withFileTypes: true });
    expect(files.some((file) => file.isFile())).toBe(true);
    for (const file of [{ parentPath: paths.data, name: 'redis' }, ...files]) {
      expect(statSync(join(file.parentPath, file.name)).mode & 0o077, file.name).toBe(0);
    }
  } finally {
    await redis.stop();
  }
});
