/** Checks version, memory and role of Redis for the diagnosis. */
import { type Probe, saidAs, type Verdict, worst } from '../health/diagnosis.ts';
import { say } from '../sentences/say.ts';
import type { RedisClient } from './client.ts';

const minMajor = 7;
const fullShare = 0.9;

/** `keepsTokens`: an eviction would lose sessions and revocations. */
export function redisProbe(redis: RedisClient, { keepsTokens }: { keepsTokens: boolean }): Probe {
  return {
    name: 'Redis',
    async run() {
      const facts = parseInfo(await redis.info());
      const version = facts.get('redis_version') ?? 'unknown';
      const faults = [
        ...versionFaults(version),
        ...memoryFaults(facts, keepsTokens),
        ...roleFaults(facts.get('role')),
      ];
      return worst(
        faults,
        say('probe.redis.fine', { version, memory: facts.get('used_memory_human') ?? '?' }),
      );
    },
  };
}

function versionFaults(version: string): Verdict[] {
  if (Number.parseInt(version, 10) >= minMajor) return [];
  return [saidAs('failed', [say('probe.redis.old', { version, oldest: `${minMajor}.0` })])];
}

function memoryFaults(facts: ReadonlyMap<string, string>, keepsTokens: boolean): Verdict[] {
  const faults: Verdict[] = [];
  const policy = facts.get('maxmemory_policy') ?? 'noeviction';
  if (keepsTokens && policy !== 'noeviction')
    faults.push(saidAs('failed', [say('probe.redis.evicts', { policy })]));
  const used = Number(facts.get('used_memory'));
  const maxBytes = Number(facts.get('maxmemory'));
  if (maxBytes > 0 && used > maxBytes * fullShare) {
    const percent = Math.round((100 * used) / maxBytes);
    faults.push(saidAs('warning', [say('probe.redis.full', { percent })]));
  }
  return faults;
}

function roleFaults(role: string | undefined): Verdict[] {
  if (role === undefined || role === 'master') return [];
  return [saidAs('failed', [say('probe.redis.role', { role })])];
}

function parseInfo(text: string): Map<string, string> {
  const lines = text.split('\r\n').map((line) => line.split(':') as [string, string?]);
  return new Map(lines.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));
}
