/** Keeps a stack under the steady load and gathers what the three services did meanwhile, and what they hold at rest. */
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { contactCenterId, operator } from '../../../tools/stack/provisioning/demo.ts';
import type { ServiceName } from '../../../tools/stack/services.ts';
import { createCalls } from '../../harness/calls.ts';
import { createHttp } from '../../harness/http.ts';
import { startLoad } from '../../harness/load.ts';
import { createRecord, type Sent } from '../../harness/record.ts';
import type { BenchStack } from '../bench-stack.ts';
import { cpuTimes, foreignShare, residentMiB } from '../machine.ts';
import { type ProbeSample, partsOfRun } from './figures.ts';
import { loginsByPages } from './logins.ts';

/** Of each call that most callers make: about 180 requests a second in all, with the logins. */
const perSecond = 40;
/** Longer than the services keep a connection that nobody uses. */
const unusedSeconds = 90;

export interface Plan {
  seconds: number;
  sampleSeconds: number;
  /** The number of people who sign in by the pages; those of the demo sign in by password meanwhile. */
  people: number;
  /** Where the probes write. */
  folder: string;
}

export async function observe(stack: BenchStack, { seconds, sampleSeconds, people, folder }: Plan) {
  const record = createRecord();
  const logins = loginsByPages(stack, people);
  const target = { http: createHttp(stack.publicUrl), operator, contactCenterId, perSecond };
  const calls = [...(await createCalls(target, record)), logins.call];
  const services = Object.entries(stack.services) as [ServiceName, { pid: number }][];
  const notes = new Map(services.map(([name, { pid }]) => [name, createNotes(pid, folder)]));
  const pids = [...stack.pids, process.pid];

  async function underLoad(loadSeconds: number, everySecond: (passedSeconds: number) => void) {
    const load = startLoad(calls, record);
    const beganMs = performance.now();
    for (let passed = 0; passed < loadSeconds; passed = (performance.now() - beganMs) / 1_000) {
      await wait(1_000);
      everySecond(passed);
    }
    await load.stop();
  }
  const rest = () => wait((unusedSeconds + 1.5 * sampleSeconds) * 1_000);

  // Until the hot parts are compiled and the first caches are full.
  await underLoad(Math.min(60, seconds / 6), () => undefined);
  await rest();
  // Of the warm-up, whose first answers are slow and without a token.
  record.sent.length = 0;
  for (const each of notes.values()) each.begin();
  const before = cpuTimes(pids);
  await underLoad(seconds, (passedSeconds) => {
    const part = Math.min(partsOfRun - 1, Math.floor((passedSeconds / seconds) * partsOfRun));
    for (const sent of record.sent.splice(0)) notes.get(serviceOf(sent.kind))?.take(sent, part);
    for (const each of notes.values()) each.weigh();
  });
  const after = cpuTimes(pids);
  await rest();
  await logins.close();
  return {
    foreignShare: foreignShare(before, after, seconds),
    of: (name: ServiceName) => (notes.get(name) as ReturnType<typeof createNotes>).end(),
  };
}

/** The service that a call is mostly about. */
function serviceOf(kind: string): ServiceName {
  if (kind.startsWith('environment')) return 'environment-api';
  return kind.includes('page') ? 'auth-ui' : 'auth-api';
}

function createNotes(pid: number, folder: string) {
  const delaysMs = Array.from({ length: partsOfRun }, (): number[] => []);
  const failures = new Map<string, number>();
  let loadedMiB = 0;
  let handlesBefore = Number.NaN;
  let beganAtMs = 0;
  let lastAtMs = 0;
  const samples = () =>
    readFileSync(`${folder}/${pid}.jsonl`, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as ProbeSample);

  return {
    begin() {
      handlesBefore = samples().at(-1)?.handles ?? Number.NaN;
      beganAtMs = Date.now();
    },
    take({ kind, status, error, startedMs, endedMs, isRight }: Sent, part: number) {
      delaysMs[part]?.push(endedMs - startedMs);
      const failure = `${kind} was answered ${status}${error === undefined ? '' : `: ${error.slice(0, 200)}`}`;
      if (!isRight) failures.set(failure, (failures.get(failure) ?? 0) + 1);
    },
    weigh() {
      loadedMiB = Math.max(loadedMiB, residentMiB([pid]));
      lastAtMs = Date.now();
    },
    end() {
      const all = samples();
      return {
        loadedMiB,
        delaysMs,
        failures,
        samples: all.filter(({ atMs }) => atMs >= beganAtMs && atMs <= lastAtMs),
        handles: { before: handlesBefore, after: all.at(-1)?.handles ?? Number.NaN },
      };
    },
  };
}
