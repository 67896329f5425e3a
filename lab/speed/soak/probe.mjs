// Loaded into a service before everything else (`node --import`): writes down again and again what a collection leaves of the heap.
// No TypeScript: what strips the types would take memory of the service.
import { appendFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const { GATEHOUSE_BENCH_PROBE_FOLDER: folder, GATEHOUSE_BENCH_PROBE_EVERY_MS: everyMs } = process.env;
const isService = /\/services\/[^/]+\/dist\/bundle\/main\.js$/.test(process.argv[1] ?? '');
if (isService && folder !== undefined) setInterval(() => takeTo(folder), Number(everyMs)).unref();

function takeTo(folder) {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const sample = {
    atMs: Date.now(),
    heapMiB: process.memoryUsage().heapUsed / 2 ** 20,
    handles: process.getActiveResourcesInfo().length,
  };
  appendFileSync(`${folder}/${process.pid}.jsonl`, `${JSON.stringify(sample)}\n`);
}
