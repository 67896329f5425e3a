import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { connectTo, watchSuite } from '../harness.ts';

watchSuite();

const program = fileURLToPath(new URL('hostile-server.ts', import.meta.url));
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill();
});

async function startHostile(mode: string): Promise<{ port: number }> {
  const child = spawn(process.execPath, ['--conditions=source', program, mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [line] = await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line');
  return { port: Number(line) };
}

/** Every request of a login, again and again, and what of this process's time the whole took. */
async function shareOfTime(mode: string, seconds = 3) {
  const server = await startHostile(mode);
  const client = connectTo([server]);
  client.subscribePersons(() => undefined);
  // Its answer may come late: a server that sends without end delays its own people.
  await client.authenticate({ userName: 'agent', password: 'agent-secret' }).catch(() => undefined);
  let isOver = false;
  const callers = Array.from({ length: 4 }, async () => {
    while (!isOver) {
      await client.readPersons({ dbid: 7 }, { deadlineMs: 1_000 }).catch(() => undefined);
      await delay(100);
    }
  });
  let largestHeap = 0;
  let largestResident = 0;
  // The burst and the compiler's first sight of the code are no steady state.
  await delay(1_000);
  // CPU time and not the use of the event loop, which is longer on a busy machine.
  const before = process.threadCpuUsage();
  const residentBefore = process.memoryUsage.rss();
  const beforeMs = performance.now();
  for (let round = 0; round < seconds * 10; round += 1) {
    await delay(100);
    const { heapUsed, rss } = process.memoryUsage();
    largestHeap = Math.max(largestHeap, heapUsed);
    largestResident = Math.max(largestResident, rss);
  }
  const { user, system } = process.threadCpuUsage(before);
  const utilization = (user + system) / 1000 / (performance.now() - beforeMs);
  isOver = true;
  await Promise.all(callers);
  await client.close();
  return {
    utilization,
    heapMiB: largestHeap / 1024 / 1024,
    growthMiB: (largestResident - residentBefore) / 1024 / 1024,
  };
}

describe('a server that sends without end', () => {
  // attack: Configuration Server that floods its client | ASVS 15.2.2, CWE-400 | guard: packages/config-server-client/src/connection/work-budget.ts
  it.each(['pages', 'bombs', 'changes', 'polls', 'unreadable'])(
    'takes a small share of the time and of the memory: %s',
    async (mode) => {
      const { utilization, heapMiB, growthMiB } = await shareOfTime(mode);
      expect(utilization).toBeLessThan(0.2);
      expect(heapMiB).toBeLessThan(400);
      expect(growthMiB).toBeLessThan(200);
    },
    30_000,
  );
});
