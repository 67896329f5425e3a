/**
 * The row `hostile_config_server`: logins of one environment while people sign in to another one whose Configuration Server
 * sends without end. What counts is how much later the slowest one of a hundred is answered.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { BenchStack } from '../bench-stack.ts';
import { loadCore, pin, residentMiB } from '../machine.ts';
import { percentile, rounded, type Sample, sampled } from '../samples.ts';

export const hostileRowName = 'hostile_config_server';
const hostileAim = 1.2;

/** As `hostile-server.ts` names them. */
const floods = ['pages', 'bombs', 'polls', 'unreadable', 'changes'] as const;
/** A server that answers as it should. */
const calm = 'none';
const concurrency = 3;
const warmUpSeconds = 5;
/** Sign-ins to the hostile environment; each asks its server four questions. */
const hostileLoginsPerSecond = 10;

export interface HostileResult {
  name: typeof hostileRowName;
  rows: ReturnType<typeof rowOf>[];
}

const program = fileURLToPath(
  new URL('../../../packages/config-server-simulator/test/faults/hostile-server.ts', import.meta.url),
);
const hostile = {
  environmentId: '0000de40-0000-4000-8000-00000000e0ff',
  contactCenterId: '0000de40-0000-4000-8000-00000000ccff',
};

export async function measureHostile(
  stack: BenchStack,
  { seconds, rounds }: { seconds: number; rounds: number },
): Promise<{ result: HostileResult; disturbedRounds: number }> {
  await loginsFor(stack, warmUpSeconds);
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round += 1)
    // One right after the other: what a machine can do changes from minute to minute.
    for (const flood of floods)
      pairs.push({
        flood,
        calm: await measureMode(stack, calm, seconds),
        hostile: await measureMode(stack, flood, seconds),
      });
  return {
    disturbedRounds: pairs.filter((pair) => !isClean(pair)).length,
    result: {
      name: hostileRowName,
      rows: floods.map((flood) => rowOf(pairs.filter((pair) => pair.flood === flood))),
    },
  };
}

type Round = Sample<Awaited<ReturnType<typeof loginsFor>> & { residentMiB: number }>;

interface Pair {
  flood: string;
  calm: Round;
  hostile: Round;
}

function isClean({ calm, hostile }: Pair): boolean {
  return !calm.isDisturbed && !hostile.isDisturbed;
}

/** All logins of the rounds together: the hundredth part of one round is a handful. */
function rowOf(all: readonly Pair[]) {
  const clean = all.filter(isClean);
  const pairs = clean.length > 0 ? clean : all;
  const calm = summaryOf(pairs.map((pair) => pair.calm));
  const hostile = summaryOf(pairs.map((pair) => pair.hostile));
  const ratios = pairs.map((pair) => summaryOf([pair.hostile]).p99Ms / summaryOf([pair.calm]).p99Ms);
  const p99Ratio = rounded(hostile.p99Ms / calm.p99Ms);
  return {
    flood: all[0]?.flood,
    cleanRounds: `${clean.length} of ${all.length}`,
    loginsPerSecond: `${calm.perSecond}, ${hostile.perSecond}`,
    p50Ms: `${calm.p50Ms}, ${hostile.p50Ms}`,
    p99Ms: `${calm.p99Ms}, ${hostile.p99Ms}`,
    p99Ratio,
    ofEachRound: `${rounded(Math.min(...ratios))} to ${rounded(Math.max(...ratios))}`,
    verdict: verdictOf(p99Ratio, clean.length),
    hostileCpu: hostile.cpu,
    residentMiB: hostile.residentMiB,
  };
}

function verdictOf(p99Ratio: number, cleanRounds: number): string {
  if (cleanRounds === 0) return 'disturbed: says nothing';
  return p99Ratio <= hostileAim ? 'reached' : 'NOT reached';
}

function summaryOf(rounds: readonly Round[]) {
  const durationsMs = rounds.flatMap((round) => round.durationsMs);
  const seconds = rounds.reduce((sum, round) => sum + round.seconds, 0);
  return {
    perSecond: Math.round(durationsMs.length / seconds),
    p50Ms: rounded(percentile(durationsMs, 0.5)),
    p99Ms: rounded(percentile(durationsMs, 0.99)),
    cpu: rounded(rounds.reduce((sum, round) => sum + round.cpuSeconds, 0) / seconds),
    residentMiB: Math.max(...rounds.map((round) => round.residentMiB)),
  };
}

async function measureMode(stack: BenchStack, mode: string, seconds: number): Promise<Round> {
  const child = spawn(process.execPath, ['--conditions=source', program, mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ending = new AbortController();
  try {
    const [port] = await once(createInterface({ input: child.stdout }), 'line');
    pin(child.pid ?? 0, loadCore);
    // A tenant's server has a machine of its own: what it needs to make its bytes is not what they cost here.
    setPriority(child.pid ?? 0, constants.priority.PRIORITY_LOW);
    await provideHostile(stack, Number(port));
    const visits = signInToHostile(stack, ending.signal);
    // What the flood may do at once, it has done by then.
    await wait(2_000);
    const measure = async () => ({
      ...(await loginsFor(stack, seconds)),
      residentMiB: residentMiB(stack.serverPid),
    });
    const round = await sampled([...stack.pids, process.pid, child.pid ?? 0], measure, [child.pid ?? 0]);
    ending.abort();
    await visits;
    return round;
  } finally {
    ending.abort();
    child.kill();
  }
}

async function loginsFor(stack: BenchStack, seconds: number) {
  const durationsMs: number[] = [];
  const startMs = performance.now();
  const oneAfterAnother = async () => {
    while (performance.now() < startMs + seconds * 1000) {
      const startedMs = performance.now();
      await stack.token(stack.login);
      durationsMs.push(performance.now() - startedMs);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, oneAfterAnother));
  return { durationsMs, seconds: (performance.now() - startMs) / 1000 };
}

/** Whether they succeed does not matter. */
async function signInToHostile(stack: BenchStack, signal: AbortSignal): Promise<void> {
  const logins: Promise<unknown>[] = [];
  while (!signal.aborted) {
    const form = { ...stack.login, username: 'hostile\\agent', password: 'any' };
    logins.push(
      fetch(`${stack.authApiUrl}/auth/v3/oauth/token`, {
        method: 'POST',
        headers: { authorization: stack.authorization },
        body: new URLSearchParams(form),
        signal,
      })
        .then((answer) => answer.arrayBuffer())
        .catch(() => undefined),
    );
    await wait(1_000 / hostileLoginsPerSecond);
  }
  await Promise.all(logins);
}

async function provideHostile(stack: BenchStack, port: number): Promise<void> {
  const environment = {
    ...{
      username: 'gatehouse',
      password: 'any',
      tenant: 'Environment',
      appName: 'gatehouse',
      connectionProtocol: 'addp',
    },
    ...{ localTimeout: 7, remoteTimeout: 11, traceMode: 'off', tlsEnabled: false },
    configServers: [{ primaryAddress: '127.0.0.1', primaryPort: port, readOnly: false, locations: ['/'] }],
  };
  const contactCenter = { name: 'Hostile', domains: ['hostile'], auth: 'configServer' };
  await provide(stack, 'environments', hostile.environmentId, environment);
  await provide(stack, 'contact-centers', hostile.contactCenterId, {
    ...contactCenter,
    environmentId: hostile.environmentId,
  });
}

async function provide(stack: BenchStack, kind: string, id: string, data: object): Promise<void> {
  const path = `${stack.publicUrl}/environment/v3/${kind}`;
  const headers = { authorization: stack.operator, 'content-type': 'application/json' };
  const exists = (await fetch(`${path}/${id}`, { headers })).ok;
  const answer = await fetch(exists ? `${path}/${id}` : path, {
    method: exists ? 'PUT' : 'POST',
    headers,
    body: JSON.stringify({ data: exists ? data : { id, ...data } }),
  });
  if (!answer.ok) throw new Error(`${kind}: ${answer.status} ${await answer.text()}`);
}

export function printHostile({ rows }: HostileResult): void {
  console.table(rows);
  console.log(
    `Pairs of figures: beside a server that answers as it should, beside a hostile one. Aim: a p99 of at most ${hostileAim} times.`,
  );
}
