/** Lists what is done to the installation: every program stopped, killed, slowed and filled, alone and two at a time. */
import { Redis } from 'ioredis';
import type { ChaosStack } from './chaos-stack.ts';

export interface Disturbance {
  name: string;
  begin(): Promise<unknown>;
  /** Resolves when the program serves again. */
  end(): Promise<unknown>;
  /** What it destroys by its nature, and what therefore counts as no loss. */
  destroys?: 'tokens';
}

export function disturbancesOf(stack: ChaosStack): Disturbance[] {
  const single = [...stack.components.values()].flatMap((component): Disturbance[] => [
    { name: `${component.name} stopped`, begin: component.stop, end: component.start },
    { name: `${component.name} killed`, begin: component.kill, end: component.start },
    { name: `${component.name} slowed`, begin: component.suspend, end: component.resume },
  ]);
  return [...single, ...filled(stack), emptied(stack), ...pairsOf(stack)];
}

function filled(stack: ChaosStack): Disturbance[] {
  const disks = Object.entries(stack.disks).flatMap(([name, disk]): Disturbance[] =>
    disk === undefined
      ? []
      : [{ name: `${name} disk full`, begin: async () => disk.fill(), end: async () => disk.free() }],
  );
  const setMemory = (bytes: number) => withRedis(stack, (redis) => redis.config('SET', 'maxmemory', bytes));
  return [
    ...disks,
    // Less than it holds already: every write that takes memory is refused.
    { name: 'redis memory full', begin: () => setMemory(1), end: () => setMemory(0) },
  ];
}

/** A fail-over to a node without data. */
function emptied(stack: ChaosStack): Disturbance {
  return {
    name: 'redis emptied',
    begin: () => withRedis(stack, (redis) => redis.flushall()),
    end: async () => undefined,
    destroys: 'tokens',
  };
}

function pairsOf(stack: ChaosStack): Disturbance[] {
  const all = [...stack.components.values()];
  return all.flatMap((first, index) =>
    all.slice(index + 1).map((second) => ({
      name: `${first.name} and ${second.name} killed`,
      begin: () => Promise.all([first.kill(), second.kill()]),
      end: () => Promise.all([first.start(), second.start()]),
    })),
  );
}

async function withRedis<T>(stack: ChaosStack, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(stack.redisUrl, { retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}
