/** The row `config_server_link`: the link to a Configuration Server beside a bare echo, in one run. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type ConfigServerClient, createConfigServerClient } from '@gatehouse/config-server-client/client';
import { staticEndpoints } from '@gatehouse/config-server-client/discovery/static';
import { demoServiceAccount } from '@gatehouse/config-server-simulator/seed/demo';
import { loadCore, pin, serverCore } from '../machine.ts';
import { disturbedIn, medianOf, type Sample, sampled } from '../samples.ts';
import { fireEcho } from './echo-load.ts';
import { fireLink, type Latencies, readEveryone, storm } from './link-load.ts';

export const linkRowName = 'config_server_link';
export const linkAim = 0.5;

const windows = [1, 8, 64] as const;
const persons = 10_000;
const stormPeople = 2_000;
/** Just below what the link lets wait (docs/protocol.md, "Correlation"). */
const stormAtOnce = 1_000;

export interface LinkResult {
  name: typeof linkRowName;
  windows: WindowResult[];
  reading: { persons: number; tookMs: number; perSecond: number };
  storm: { people: number; atOnce: number; tookMs: number; perSecond: number } & Latencies;
}

interface WindowResult extends Latencies {
  window: number;
  perSecond: number;
  echoPerSecond: number;
  ratioToEcho: number;
  /** Of the link's own side; steadier than the clock when others use the machine. */
  cpuUs: number;
  echoCpuUs: number;
  /** The aim is about this: the other side is the simulator, which is no part of the product. */
  ratioByCpu: number;
  /** Of the simulator, and of what echoes. */
  otherCpuUs: number;
  otherEchoCpuUs: number;
}

interface Round {
  perSecond: number;
  /** CPU time of this process. */
  ownSeconds: number;
}

export interface LinkMeasurement {
  result: LinkResult;
  isPinned: boolean;
  disturbedRounds: number;
}

export async function measureLink(options: { seconds: number; rounds: number }): Promise<LinkMeasurement> {
  const server = await startServer();
  const client = createConfigServerClient({
    endpoints: staticEndpoints([{ host: '127.0.0.1', port: server.simulatorPort }]),
    ...demoServiceAccount,
  });
  const pids = [server.pid, process.pid];
  const isPinned = [pin(server.pid, serverCore), pin(process.pid, loadCore)].every(Boolean);
  try {
    // Both sides get to know their hot paths first.
    await fireLink(client, 64, Math.min(2, options.seconds));
    let disturbedRounds = 0;
    const measured: WindowResult[] = [];
    for (const window of windows) {
      const { disturbed, ...row } = await measureWindow(window, client, server.echoPort, pids, options);
      disturbedRounds += disturbed;
      measured.push(row);
    }
    const reading = await measureReading(client, pids, options.rounds);
    const stormed = await measureStorm(client, pids, options.rounds);
    return {
      result: { name: linkRowName, windows: measured, reading, storm: stormed },
      isPinned,
      disturbedRounds,
    };
  } finally {
    await client.close();
    await server.stop();
  }
}

async function measureWindow(
  window: number,
  client: ConfigServerClient,
  echoPort: number,
  pids: readonly number[],
  { seconds, rounds }: { seconds: number; rounds: number },
): Promise<WindowResult & { disturbed: number }> {
  const echoes: Sample<Round>[] = [];
  const links: Sample<Round & Latencies>[] = [];
  for (let round = 0; round < rounds; round += 1) {
    echoes.push(
      await sampled(pids, async () => {
        const endOwn = beginOwn();
        const pairs = await fireEcho(echoPort, window, seconds);
        return { perSecond: pairs / seconds, ownSeconds: endOwn() };
      }),
    );
    links.push(
      await sampled(pids, async () => {
        const endOwn = beginOwn();
        const { pairs, latencies } = await fireLink(client, window, seconds);
        return { perSecond: pairs / seconds, ownSeconds: endOwn(), ...latencies() };
      }),
    );
  }
  const bySpeed = ({ perSecond }: Round) => perSecond;
  const link = medianOf(links, bySpeed);
  const echo = medianOf(echoes, bySpeed);
  return {
    window,
    perSecond: Math.round(link.perSecond),
    echoPerSecond: Math.round(echo.perSecond),
    ratioToEcho: Math.round((link.perSecond / echo.perSecond) * 1000) / 1000,
    ...costsOf(link, echo, seconds),
    p50Ms: link.p50Ms,
    p99Ms: link.p99Ms,
    disturbed: disturbedIn([...echoes, ...links]),
  };
}

/** The simulator is a child of this process, so /proc would count it too. */
function beginOwn(): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  };
}

function costsOf(link: Sample<Round>, echo: Sample<Round>, seconds: number) {
  const us = (cpuSeconds: number, { perSecond }: Round) =>
    Math.round((cpuSeconds / (perSecond * seconds)) * 1e7) / 10;
  const [cpuUs, echoCpuUs] = [us(link.ownSeconds, link), us(echo.ownSeconds, echo)];
  return {
    cpuUs,
    echoCpuUs,
    ratioByCpu: Math.round((echoCpuUs / cpuUs) * 1000) / 1000,
    otherCpuUs: us(link.cpuSeconds - link.ownSeconds, link),
    otherEchoCpuUs: us(echo.cpuSeconds - echo.ownSeconds, echo),
  };
}

async function measureReading(
  client: ConfigServerClient,
  pids: readonly number[],
  rounds: number,
): Promise<LinkResult['reading']> {
  const samples = [];
  for (let round = 0; round < rounds; round += 1)
    samples.push(await sampled(pids, () => readEveryone(client)));
  const { persons: read, tookMs } = medianOf(samples, (sample) => sample.tookMs);
  return { persons: read, tookMs: Math.round(tookMs), perSecond: Math.round(read / (tookMs / 1000)) };
}

async function measureStorm(
  client: ConfigServerClient,
  pids: readonly number[],
  rounds: number,
): Promise<LinkResult['storm']> {
  const samples = [];
  for (let round = 0; round < rounds; round += 1)
    samples.push(await sampled(pids, () => storm(client, stormPeople, stormAtOnce)));
  const { tookMs, p50Ms, p99Ms } = medianOf(samples, (sample) => sample.tookMs);
  return {
    people: stormPeople,
    atOnce: stormAtOnce,
    tookMs: Math.round(tookMs),
    perSecond: Math.round(stormPeople / (tookMs / 1000)),
    p50Ms,
    p99Ms,
  };
}

interface LinkServer {
  pid: number;
  simulatorPort: number;
  echoPort: number;
  stop(): Promise<void>;
}

async function startServer(): Promise<LinkServer> {
  const program = fileURLToPath(new URL('link-server.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=source', program, String(persons)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([first]) => String(first)),
    exited.then(([code]) => Promise.reject(new Error(`link-server ended with ${code}`))),
  ]);
  return {
    pid: child.pid ?? 0,
    ...(JSON.parse(line) as { simulatorPort: number; echoPort: number }),
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

export function printLink({ windows, reading, storm }: LinkResult): void {
  console.log(`${linkRowName}: logins over one connection, beside an echo of frames of the same sizes`);
  console.table(
    windows.map((row) => ({
      window: row.window,
      'per second': row.perSecond,
      'echo per second': row.echoPerSecond,
      'of echo': row.ratioToEcho,
      'of echo by CPU': row.ratioByCpu,
      aim: linkAim,
      'CPU us': row.cpuUs,
      'echo CPU us': row.echoCpuUs,
      'simulator CPU us': row.otherCpuUs,
      'other echo CPU us': row.otherEchoCpuUs,
      'p50 ms': row.p50Ms,
      'p99 ms': row.p99Ms,
    })),
  );
  console.log(
    `${reading.persons} persons read by paging: ${reading.tookMs} ms, ${reading.perSecond} a second\n` +
      `login storm: ${storm.people} people, ${storm.atOnce} at once: ${storm.tookMs} ms, ` +
      `${storm.perSecond} a second, p50 ${storm.p50Ms} ms, p99 ${storm.p99Ms} ms`,
  );
}
