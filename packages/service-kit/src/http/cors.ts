/** Which pages may call an API from a browser (Fetch standard, section 3.2): the registered origins, and no others. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { forbidden } from '../errors/app-error.ts';
import type { App } from './app-type.ts';
import { parseOrigin } from './origin.ts';

export interface CorsOptions {
  /** Whether pages of this origin may call; asked for every request from another origin. A failure refuses. */
  isAllowed(origin: string, request: FastifyRequest): boolean | Promise<boolean>;
  /** Whether cookies come along. The answer then names the one origin, as it always does. */
  allowsCredentials: boolean;
  methods: readonly string[];
  /** Request headers that pages may send. */
  requestHeaders: readonly string[];
  /** Answer headers that pages may read. */
  answerHeaders: readonly string[];
  /** How long a browser believes a preflight's answer, in seconds. */
  maxAgeSeconds?: number;
  /** What to do for an origin that is refused; ends the sentence of the answer. */
  remedy: string;
}

/**
 * Guards every route that the scope registers afterwards, and answers preflights below the scope's prefix. Register it
 * before the hooks that ask for credentials: a preflight carries none.
 */
export function enforceCors(app: App, options: CorsOptions): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('vary', 'origin');
    const { origin } = request.headers;
    if (origin === undefined || isSameOrigin(request, origin)) return;
    const parsed = parseOrigin(origin);
    if (parsed === undefined || !(await options.isAllowed(parsed, request)))
      throw refused(origin, options.remedy);
    reply.header('access-control-allow-origin', origin);
    if (options.allowsCredentials) reply.header('access-control-allow-credentials', 'true');
    if (isPreflight(request)) return answerPreflight(reply, options);
    if (options.answerHeaders.length > 0) {
      reply.header('access-control-expose-headers', options.answerHeaders.join(', '));
    }
  });
  // Without a route no hook of this scope would run. Everything but a preflight goes on to the other routes' 404.
  app.options('/*', { schema: { hide: true } }, async (_request, reply) => reply.callNotFound());
}

function answerPreflight(reply: FastifyReply, options: CorsOptions): FastifyReply {
  return reply
    .code(204)
    .header('access-control-allow-methods', options.methods.join(', '))
    .header('access-control-allow-headers', options.requestHeaders.join(', '))
    .header('access-control-max-age', String(options.maxAgeSeconds ?? 600))
    .send();
}

function isPreflight(request: FastifyRequest): boolean {
  return request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
}

/**
 * Browsers send Origin to their own origin too. A page cannot set Sec-Fetch-Site or Host, so both tell the truth about
 * pages; and who is no page needs no permission of this kind.
 */
function isSameOrigin(request: FastifyRequest, origin: string): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  return URL.parse(origin)?.host === request.host;
}

function refused(origin: string, remedy: string) {
  return forbidden(
    `Pages of the origin ${JSON.stringify(origin.slice(0, 300))} may not call this API: ${remedy}`,
    {
      name: 'origin_not_allowed',
    },
  );
}
