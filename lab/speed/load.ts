/** Fires one kind of request over kept-alive connections and counts what comes back. */
import { createHistogram } from 'node:perf_hooks';
import autocannon from 'autocannon';
import { type Round, rounded } from './rounds.ts';

export interface LoadPlan {
  url: string;
  headers: Record<string, string>;
  /** A fixed form, or one built for each request from the answer before it on the same connection. */
  body: string | ChainedBody;
  /** Headers that each request has of its own. */
  headersOfEach?: () => Record<string, string>;
}

export interface ChainedBody {
  /** Called once for each connection. */
  first(): string;
  next(answer: string): string;
}

export interface LoadOptions {
  seconds: number;
  connections: number;
}

/** @throws Error when any answer is not 2xx: a fast refusal is no throughput. */
export async function fire(plan: LoadPlan, options: LoadOptions): Promise<Round> {
  let refusal = '';
  const latenciesUs = createHistogram();
  const record = (status: number, body: string) => {
    if (status !== 200) refusal ||= `${status} ${body}`;
  };
  const result = await autocannon({
    url: plan.url,
    connections: options.connections,
    duration: options.seconds,
    // A request of its own for each connection: a chained one remembers the answer before.
    setupClient: (client) => {
      client.setRequests([requestOf(plan, record)]);
      client.on('response', (_status, _bytes, durationMs) =>
        latenciesUs.record(Math.max(1, Math.round(durationMs * 1000))),
      );
    },
  });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(
      `${plan.url}: ${result.non2xx} answers were not 2xx (${refusal}), ${result.errors} errors`,
    );
  }
  const perSecond = result.requests.average;
  const atMs = (percent: number) => rounded(latenciesUs.percentile(percent) / 1000);
  return { count: perSecond * options.seconds, perSecond, p50Ms: atMs(50), p99Ms: atMs(99) };
}

function requestOf(plan: LoadPlan, record: (status: number, body: string) => void): autocannon.Request {
  const request = {
    method: 'POST' as const,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...plan.headers },
  };
  const { body, headersOfEach } = plan;
  let next = typeof body === 'string' ? body : body.first();
  if (typeof body === 'string' && !headersOfEach) return { ...request, body, onResponse: record };
  return {
    ...request,
    setupRequest: (template) => ({
      ...template,
      body: next,
      headers: { ...template.headers, ...headersOfEach?.() },
    }),
    onResponse: (status, answer) => {
      record(status, answer);
      if (status === 200 && typeof body !== 'string') next = body.next(answer);
    },
  };
}
