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
 * Guards every route that the scope registers afterwards, and answers the preflights of each. Call it before the hooks
 * that ask for credentials: a preflight carries none. What comes from no page of another origin costs nothing.
 */
export function enforceCors(app: App, options: CorsOptions): void {
  const check = async (origin: string, request: FastifyRequest, reply: FastifyReply) => {
    const parsed = parseOrigin(origin);
    if (parsed === undefined || !(await options.isAllowed(parsed, request))) {
      throw refused(origin, options.remedy);
    }
    reply.header('access-control-allow-origin', origin);
    if (options.allowsCredentials) reply.header('access-control-allow-credentials', 'true');
    if (!isPreflight(request)) exposeHeaders(reply, options.answerHeaders);
  };
  app.addHook('onRequest', (request, reply, done) => {
    addVary(reply, 'origin');
    const { origin } = request.headers;
    if (origin === undefined || isSameOrigin(request, origin)) {
      done();
      return;
    }
    check(origin, request, reply).then(
      () => (isPreflight(request) ? answerPreflight(reply, options) : done()),
      done,
    );
  });
  answerOptions(app);
}

/** For facts that are the same for everybody: pages of every origin read them, without cookies. */
export function allowEveryOrigin(app: App, options: Pick<CorsOptions, 'methods' | 'requestHeaders'>): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('access-control-allow-origin', '*');
    if (isPreflight(request)) answerPreflight(reply, options);
    else done();
  });
  answerOptions(app);
}

/** No hook runs without a route. What is no preflight is a method that the route has not. */
function answerOptions(app: App): void {
  const answered = new Set<string>();
  app.addHook('onRoute', function addOptions(this: App, { url, routePath }) {
    if (answered.has(url)) return;
    answered.add(url);
    this.options(routePath, { schema: { hide: true } }, async (_request, reply) => reply.callNotFound());
  });
}

function exposeHeaders(reply: FastifyReply, names: readonly string[]): void {
  if (names.length > 0) reply.header('access-control-expose-headers', names.join(', '));
}

/** RFC 9110 section 12.5.5: what others found the answer to depend on stays in the list. */
function addVary(reply: FastifyReply, name: string): void {
  const present = reply.getHeader('vary');
  reply.header('vary', present === undefined ? name : `${present}, ${name}`);
}

function answerPreflight(
  reply: FastifyReply,
  options: Pick<CorsOptions, 'methods' | 'requestHeaders' | 'maxAgeSeconds'>,
): void {
  reply
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
  // Of these characters an OAuth error description may consist (RFC 6749 section 5.2).
  const printable = origin.slice(0, 300).replace(/[^\x20-\x7e]|["\\]/g, '?');
  return forbidden(`Pages of the origin ${printable} may not call this API: ${remedy}`, {
    name: 'origin_not_allowed',
  });
}
