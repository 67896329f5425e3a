/**
 * The row `hostile_config_server`: logins of one environment while people sign in to another one whose Configuration Server
 * sends without end. What counts is how much later the slowest one of a hundred is answered.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { BenchStack } from '../bench-stack.ts';
import { loadCore, pin, residentMiB } from '../machine.ts';
import { disturbedIn, medianOf, type Sample, sampled } from '../samples.ts';

export const hostileRowName = 'hostile_config_server';
export const hostileAim = 1.2;

/** As `hostile-server.ts` names them; `none` answers as it should. */
const modes = ['none', 'pages', 'bombs', 'changes', 'polls', 'unreadable'] as const;
const concurrency = 3;
const warmUpSeconds = 5;
/** Sign-ins to the hostile environment; each asks its server four questions. */
const hostileLoginsPerSecond = 10;

export interface HostileResult {
  name: typeof hostileRowName;
  rows: {
    mode: string;
    loginsPerSecond: number;
    p50Ms: number;
    p99Ms: number;
    p99Ratio: number;
    residentMiB: number;
  }[];
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
  const samples = new Map<string, Round[]>(modes.map((mode) => [mode, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const mode of modes) samples.get(mode)?.push(await measureMode(stack, mode, seconds));
  const medians = modes.map((mode) => ({ mode, ...medianOf(samples.get(mode) ?? [], ({ p99Ms }) => p99Ms) }));
  const calmP99Ms = medians[0]?.p99Ms ?? 0;
  return {
    disturbedRounds: disturbedIn([...samples.values()].flat()),
    result: {
      name: hostileRowName,
      rows: medians.map(({ mode, perSecond, p50Ms, p99Ms, residentMiB }) => ({
        ...{ mode, loginsPerSecond: rounded(perSecond), p50Ms, p99Ms },
        ...{ p99Ratio: rounded(p99Ms / calmP99Ms), residentMiB },
      })),
    },
  };
}

type Round = Sample<Awaited<ReturnType<typeof loginsFor>> & { residentMiB: number }>;

async function measureMode(stack: BenchStack, mode: string, seconds: number): Promise<Round> {
  const child = spawn(process.execPath, ['--conditions=source', program, mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ending = new AbortController();
  try {
    const [port] = await once(createInterface({ input: child.stdout }), 'line');
    pin(child.pid ?? 0, loadCore);
    await provideHostile(stack, Number(port));
    const visits = signInToHostile(stack, ending.signal);
    // What the flood may do at once, it has done by then.
    await wait(2_000);
    const round = await sampled([...stack.pids, process.pid, child.pid ?? 0], async () => ({
      ...(await loginsFor(stack, seconds)),
      residentMiB: residentMiB(stack.serverPid),
    }));
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
  const sorted = durationsMs.toSorted((left, right) => left - right);
  const at = (share: number) => rounded(sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
  const perSecond = (1000 * durationsMs.length) / (performance.now() - startMs);
  return { perSecond, p50Ms: at(0.5), p99Ms: at(0.99) };
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

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

export function printHostile({ rows }: HostileResult): void {
  console.table(rows);
  console.log(`Aim: a p99 of at most ${hostileAim} times that beside a server that answers as it should.`);
}
