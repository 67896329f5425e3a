/** Lists what is done to the installation: every program stopped, killed, slowed and filled, alone and two at a time. */
import { Redis } from 'ioredis';
import type { ChaosStack } from '../../harness/installation.ts';

export interface Disturbance {
  name: string;
  begin(): Promise<unknown>;
  /** Resolves when the program serves again. */
  end(): Promise<unknown>;
  /** Things that it destroys by its nature: they count as no loss. */
  destroys?: 'tokens';
}

interface OnePart extends Disturbance {
  program: string;
  how: string;
}

export function disturbancesOf(stack: ChaosStack): Disturbance[] {
  const broken = [...stack.components.values()].flatMap(({ name, ...component }) => [
    one(name, 'stopped', component.stop, component.start),
    one(name, 'killed', component.kill, component.start),
    one(name, 'slowed', component.suspend, component.resume),
  ]);
  const full = filled(stack);
  return [...broken, ...full, emptied(stack), ...pairsOf(broken, full)];
}

function one(program: string, how: string, begin: OnePart['begin'], end: OnePart['end']): OnePart {
  return { name: `${program} ${how}`, program, how, begin, end };
}

function filled(stack: ChaosStack): OnePart[] {
  const disks = Object.entries(stack.disks).flatMap(([program, disk]) =>
    disk === undefined
      ? []
      : [
          one(
            program,
            'disk full',
            async () => disk.fill(),
            async () => disk.free(),
          ),
        ],
  );
  const setMemory = (bytes: number) => withRedis(stack, (redis) => redis.config('SET', 'maxmemory', bytes));
  // Less than it holds already: every write that takes memory is refused.
  return [
    ...disks,
    one(
      'redis',
      'memory full',
      () => setMemory(1),
      () => setMemory(0),
    ),
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

/** Every two programs broken in the same way, and every full one with every other killed. */
function pairsOf(broken: readonly OnePart[], full: readonly OnePart[]): Disturbance[] {
  const alike = broken.flatMap((first, index) =>
    broken
      .slice(index + 1)
      .filter(({ how, program }) => how === first.how && program !== first.program)
      .map((second) => together(first, second)),
  );
  const fullAndKilled = full.flatMap((first) =>
    broken
      .filter(({ how, program }) => how === 'killed' && program !== first.program)
      .map((second) => together(first, second)),
  );
  return [...alike, ...fullAndKilled];
}

function together(first: OnePart, second: OnePart): Disturbance {
  return {
    name:
      first.how === second.how ? `${first.program} and ${second.name}` : `${first.name} and ${second.name}`,
    begin: () => Promise.all([first.begin(), second.begin()]),
    end: () => Promise.all([first.end(), second.end()]),
  };
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
