/** Checks version, memory and role of Redis for the diagnosis. */
import { type Probe, type Verdict, worst } from '../health/diagnosis.ts';
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
      const verdicts = [
        ...versionVerdicts(version),
        ...memoryVerdicts(facts, keepsTokens),
        ...roleVerdicts(facts),
      ];
      return worst(verdicts, `Version ${version}, ${facts.get('used_memory_human') ?? '?'} in use.`);
    },
  };
}

function versionVerdicts(version: string): Verdict[] {
  if (Number.parseInt(version, 10) >= minMajor) return [];
  return [{ status: 'failed', message: `Version ${version} is older than ${minMajor}.0: update it.` }];
}

function memoryVerdicts(facts: ReadonlyMap<string, string>, keepsTokens: boolean): Verdict[] {
  const verdicts: Verdict[] = [];
  const policy = facts.get('maxmemory_policy') ?? 'noeviction';
  if (keepsTokens && policy !== 'noeviction')
    verdicts.push({
      status: 'failed',
      message: `maxmemory-policy is ${policy}: sessions and revocations would vanish; set noeviction.`,
    });
  const used = Number(facts.get('used_memory'));
  const maxBytes = Number(facts.get('maxmemory'));
  if (maxBytes > 0 && used > maxBytes * fullShare)
    verdicts.push({
      status: 'warning',
      message: `${Math.round((100 * used) / maxBytes)} % of maxmemory is in use: give it more memory.`,
    });
  return verdicts;
}

function roleVerdicts(facts: ReadonlyMap<string, string>): Verdict[] {
  const role = facts.get('role');
  if (role === undefined || role === 'master') return [];
  return [
    { status: 'failed', message: `The server is a ${role}, which takes no writes: connect to the primary.` },
  ];
}

function parseInfo(text: string): Map<string, string> {
  const lines = text.split('\r\n').map((line) => line.split(':') as [string, string?]);
  return new Map(lines.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));
}
