/** Keeps in Redis which replicas run and in which version, and compares them for the diagnosis. */
import { type Probe, saidAs } from '../health/diagnosis.ts';
import { heartbeatMs, type Replica } from '../health/heartbeat.ts';
import { say } from '../sentences/say.ts';
import type { RedisClient } from './client.ts';
import { defineScript } from './script.ts';

/** For so long a replica that is silent counts. */
const keptSeconds = (3 * heartbeatMs) / 1000;

/** KEYS: the replicas. ARGV: one of them, its version: empty where it ends. Answers all that have told themselves lately. */
const exchange = defineScript(`
local now = tonumber(redis.call('TIME')[1])
if ARGV[2] and ARGV[2] ~= '' then
  redis.call('HSET', KEYS[1], ARGV[1], now .. ' ' .. ARGV[2])
  redis.call('EXPIRE', KEYS[1], ${keptSeconds})
elseif ARGV[2] then
  redis.call('HDEL', KEYS[1], ARGV[1])
end
local told = redis.call('HGETALL', KEYS[1])
local running = {}
for i = 1, #told, 2 do
  local at, version = string.match(told[i + 1], '^(%d+) (.*)$')
  if now - tonumber(at) > ${keptSeconds} then
    redis.call('HDEL', KEYS[1], told[i])
  else
    running[#running + 1] = told[i]
    running[#running + 1] = version
  end
end
return running
`);

export type Replicas = ReturnType<typeof createReplicas>;

export function createReplicas(redis: RedisClient, key: string) {
  return {
    async announce({ service, instance, version = '' }: Replica): Promise<void> {
      await exchange.run(redis, [key], [`${service} ${instance}`, version]);
    },
    probe: {
      name: 'Replicas',
      async run() {
        const told = (await exchange.run(redis, [key], [])) as string[];
        const counts = countsOf(told);
        const mixed = [...counts].filter(([, versions]) => versions.size > 1);
        if (mixed.length === 0)
          return saidAs('ok', [say('probe.replicas.fine', { replicas: [...counts].map(listed) })]);
        return saidAs('failed', [say('probe.replicas.differ', { replicas: mixed.map(listed) })]);
      },
    } satisfies Probe,
  };
}

type Counts = Map<string, Map<string, number>>;

/** By service and version. */
function countsOf(told: readonly string[]): Counts {
  const counts: Counts = new Map();
  for (let index = 0; index < told.length; index += 2) {
    const [service = ''] = (told[index] ?? '').split(' ', 1);
    const version = told[index + 1] ?? '';
    const versions = counts.get(service) ?? new Map<string, number>();
    counts.set(service, versions.set(version, (versions.get(version) ?? 0) + 1));
  }
  return new Map([...counts].toSorted(([one], [other]) => one.localeCompare(other)));
}

const listed = ([service, versions]: [string, Map<string, number>]) =>
  `${service} ${[...versions].map(([version, count]) => `${count} × ${version}`).join(' + ')}`;
