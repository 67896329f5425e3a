/** Fires reads over kept-alive connections, each of another contact centre than the one before. */
import { once } from 'node:events';
import { createHistogram } from 'node:perf_hooks';
import autocannon from 'autocannon';
import { end, start } from '../bench-stack.ts';
import type { PacedFigures, PacedReads } from './paced-reads.ts';

export interface ReadPlan {
  url: string;
  authorization?: string;
  /** Of the read with this number, from 0. */
  path(number: number): string;
}

export interface ReadFigures {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

const differentPaths = 997;

/** @throws Error when any answer is not 200: a fast refusal is no throughput. */
export async function fireReads(
  plan: ReadPlan,
  { seconds, connections }: { seconds: number; connections: number },
): Promise<ReadFigures> {
  const latenciesUs = createHistogram();
  const requests = Array.from({ length: differentPaths }, (_, number) => ({
    method: 'GET' as const,
    path:
      new URL(`${plan.url}${plan.path(number)}`).pathname + new URL(`${plan.url}${plan.path(number)}`).search,
  }));
  const result = await autocannon({
    url: plan.url,
    connections,
    duration: seconds,
    headers: plan.authorization === undefined ? {} : { authorization: plan.authorization },
    requests,
    setupClient: (client) =>
      client.on('response', (_status, _bytes, durationMs) =>
        latenciesUs.record(Math.max(1, Math.round(durationMs * 1000))),
      ),
  });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${plan.url}: ${result.non2xx} answers were not 2xx, ${result.errors} errors`);
  return {
    perSecond: result.requests.average,
    p50Ms: Math.round(latenciesUs.percentile(50) / 10) / 100,
    p99Ms: Math.round(latenciesUs.percentile(99) / 10) / 100,
  };
}

/** Does the work while a process of its own sends so many single reads each second (`paced-reads.ts`). */
export async function whileReading<T>(
  settings: PacedReads,
  work: () => Promise<T>,
): Promise<{ result: T; reads: PacedFigures }> {
  const { process: program, lines } = await start([
    'lab/speed/estate/paced-reads.ts',
    JSON.stringify(settings),
  ]);
  // One read that is refused ends it.
  const failed = once(program, 'close').then(([code]): never => {
    throw new Error(`the process that reads ended with ${code}`);
  });
  try {
    const result = await Promise.race([work(), failed]);
    const said = once(lines, 'line');
    program.kill('SIGTERM');
    const [figures] = await Promise.race([said, failed]);
    return { result, reads: JSON.parse(figures) as PacedFigures };
  } finally {
    await end(program);
  }
}
