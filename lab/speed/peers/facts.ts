/** Reads what the figures depend on: the machine, the versions, and how the run went. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { findJava } from '../../../tools/real/keycloak/places.ts';
import type { BenchStack } from '../bench-stack.ts';

interface Run {
  rounds: number;
  disturbedRounds: number;
  seconds: number;
  connections: number;
  warmUpSeconds: number;
}

export async function factsOf(stack: BenchStack, run: Run): Promise<[string, string][]> {
  const redis = new Redis(stack.redisUrl);
  const database = new pg.Client({ connectionString: stack.postgresUrl });
  await database.connect();
  const [redisInfo, { rows }] = await Promise.all([
    redis.info('server'),
    database.query('SHOW server_version'),
  ]);
  redis.disconnect();
  await database.end();
  const [{ model } = { model: 'unknown' }] = cpus();
  return [
    ['day', new Date().toISOString().slice(0, 10)],
    ['processor', `${model.trim()}, ${cpus().length} cores`],
    ['memory', `${Math.round(totalmem() / 2 ** 30)} GiB`],
    ['system', `${type()} ${release().split('-')[0]}`],
    ['Node', process.versions.node],
    ['PostgreSQL', String(rows[0].server_version)],
    ['Redis', /redis_version:(\S+)/.exec(redisInfo)?.[1] ?? 'unknown'],
    ['Java', javaVersion()],
    ['processes bound to cores', stack.isPinned ? 'yes' : 'no: all figures are hints'],
    [
      'load',
      `${run.connections} connections, rounds of ${run.seconds} s after ${run.warmUpSeconds} s of warm-up, medians`,
    ],
    [
      'rounds',
      `${run.rounds}, of which others disturbed ${run.disturbedRounds}: these count only where no other is left`,
    ],
  ];
}

/** Of an npm package. */
export function versionOf(name: string): string {
  const entry = new URL(import.meta.resolve(name));
  const folder = entry.pathname.slice(0, entry.pathname.lastIndexOf(`/${name}/`));
  return JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')).version;
}

function javaVersion(): string {
  const home = findJava();
  if (home === undefined) return 'none';
  const { stderr } = spawnSync(join(home, 'bin/java'), ['-version'], { encoding: 'utf8' });
  return /version "([^"]+)"/.exec(stderr)?.[1] ?? 'unknown';
}
