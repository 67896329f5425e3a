/** Fires one kind of request over kept-alive connections and counts what comes back. */
import autocannon from 'autocannon';

export interface LoadPlan {
  url: string;
  headers: Record<string, string>;
  /** A fixed form, or one built for each request from the answer before it on the same connection. */
  body: string | ChainedBody;
}

export interface ChainedBody {
  /** Called once for each connection. */
  first(): string;
  next(answer: string): string;
}

export interface LoadResult {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

export interface LoadOptions {
  seconds: number;
  connections: number;
}

/** @throws Error when any answer is not 2xx: a fast refusal is no throughput. */
export async function fire(plan: LoadPlan, options: LoadOptions): Promise<LoadResult> {
  const chain = typeof plan.body === 'string' ? undefined : plan.body;
  let refusal = '';
  const result = await autocannon({
    url: plan.url,
    connections: options.connections,
    duration: options.seconds,
    requests: [
      {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...plan.headers },
        ...(chain
          ? { setupRequest: (request, context) => withChainedBody(request, context as Chain, chain) }
          : {}),
        ...(typeof plan.body === 'string' ? { body: plan.body } : {}),
        onResponse: (status, body, context) => {
          if (status !== 200) refusal ||= `${status} ${body}`;
          else if (chain) (context as Chain).body = chain.next(body);
        },
      },
    ],
  });
  if (result.non2xx > 0 || result.errors > 0) {
    throw new Error(
      `${plan.url}: ${result.non2xx} answers were not 2xx (${refusal}), ${result.errors} errors`,
    );
  }
  return {
    perSecond: result.requests.average,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
  };
}

interface Chain {
  body?: string;
}

function withChainedBody(request: autocannon.Request, chain: Chain, plan: ChainedBody): autocannon.Request {
  chain.body ??= plan.first();
  return { ...request, body: chain.body };
}
