/** Fires reads over kept-alive connections, each of another contact centre than the one before. */
import { createHistogram } from 'node:perf_hooks';
import autocannon from 'autocannon';
import { Agent } from 'undici';

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
const pacedConnections = 64;

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

/** Does the work while so many reads come each second, evenly: they do not wait for the answers before them. */
export async function whileReading<T>(
  { url, authorization, path }: ReadPlan,
  perSecond: number,
  work: () => Promise<T>,
): Promise<T> {
  const agent = new Agent({ connections: pacedConnections });
  const headers = authorization === undefined ? {} : { authorization };
  const failures: unknown[] = [];
  let sent = 0;
  async function read(number: number): Promise<void> {
    const { origin, pathname } = new URL(`${url}${path(number)}`);
    const { statusCode, body } = await agent.request({ origin, path: pathname, method: 'GET', headers });
    await body.dump();
    if (statusCode !== 200) throw new Error(`${url}: a read was answered ${statusCode}`);
  }
  const startMs = performance.now();
  const pacing = setInterval(() => {
    const dueReads = Math.floor(((performance.now() - startMs) / 1000) * perSecond);
    for (; sent < dueReads; sent++) read(sent).catch((error) => failures.push(error));
  }, 1);
  const result = await work().finally(() => {
    clearInterval(pacing);
    return agent.close();
  });
  if (failures.length > 0) throw failures[0];
  return result;
}
