/** Decides which web pages of other origins may call an API (Fetch standard, section 3.2), and answers their preflights. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { forbidden } from '../errors/app-error.ts';
import type { App } from './app-type.ts';

export interface CorsOptions {
  /** Asked for every request from another origin. A failure refuses. */
  isAllowed(origin: string): Promise<boolean>;
  methods: readonly string[];
  /** Request headers that pages may send. */
  requestHeaders: readonly string[];
  /** Response headers that pages may read. */
  answerHeaders: readonly string[];
  /** Ends the error message for a refused origin: what its owner can do. */
  remedy: string;
}

const preflightMaxAgeSeconds = 600;
const maxOriginLength = 300;

/**
 * Guards every route that the scope registers afterwards and answers its preflights. Call it before hooks that ask for
 * credentials: a preflight carries none. No answer allows credentials, so cookies are never sent along.
 */
export function enforceCors(app: App, options: CorsOptions): void {
  app.addHook('onRequest', async (request, reply) => {
    addVary(reply, 'origin');
    const { origin } = request.headers;
    if (origin === undefined || isSameOrigin(request, origin)) return;
    const parsed = parseOrigin(origin);
    if (parsed === undefined || !(await options.isAllowed(parsed))) throw refused(origin, options.remedy);
    reply.header('access-control-allow-origin', origin);
    if (isPreflight(request)) return answerPreflight(reply, options);
    reply.header('access-control-expose-headers', options.answerHeaders.join(', '));
  });
  answerOptions(app);
}

/** Lets pages of every origin read public facts, without cookies. */
export function allowEveryOrigin(app: App, options: Pick<CorsOptions, 'methods' | 'requestHeaders'>): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('access-control-allow-origin', '*');
    if (isPreflight(request)) return answerPreflight(reply, options);
  });
  answerOptions(app);
}

/**
 * Returns an origin (RFC 6454) as browsers send it: lower case, no default port. Undefined for everything else: `null`,
 * `*` and other patterns, paths, credentials, schemes that no page has.
 */
export function parseOrigin(text: string): string | undefined {
  if (text.length > maxOriginLength || !/^https?:\/\/[^/?#@\\*\s]+$/i.test(text)) return undefined;
  const url = URL.parse(text);
  return url === null || url.hostname === '' ? undefined : url.origin;
}

/** Adds an OPTIONS route for each path, because hooks run only for a route. OPTIONS without a preflight is answered 405. */
function answerOptions(app: App): void {
  const answered = new Set<string>();
  app.addHook('onRoute', function addOptions(this: App, { url, routePath }) {
    if (answered.has(url)) return;
    answered.add(url);
    this.options(routePath, { schema: { hide: true } }, async (_request, reply) => reply.callNotFound());
  });
}

/** RFC 9110 section 12.5.5: keeps what others have put into the list. */
function addVary(reply: FastifyReply, name: string): void {
  const present = reply.getHeader('vary');
  reply.header('vary', present === undefined ? name : `${present}, ${name}`);
}

function answerPreflight(
  reply: FastifyReply,
  { methods, requestHeaders }: Pick<CorsOptions, 'methods' | 'requestHeaders'>,
) {
  return reply
    .code(204)
    .header('access-control-allow-methods', methods.join(', '))
    .header('access-control-allow-headers', requestHeaders.join(', '))
    .header('access-control-max-age', String(preflightMaxAgeSeconds))
    .send();
}

function isPreflight(request: FastifyRequest): boolean {
  return request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
}

/**
 * Browsers send Origin to their own origin too. A page can set neither Sec-Fetch-Site nor Host, so both can be trusted for
 * pages; a caller that is no page needs no permission of this kind.
 */
function isSameOrigin(request: FastifyRequest, origin: string): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  return URL.parse(origin)?.host === request.host;
}

function refused(origin: string, remedy: string) {
  // RFC 6749 section 5.2: the characters that an error description may contain.
  const printable = origin.slice(0, 300).replace(/[^\x20-\x7e]|["\\]/g, '?');
  return forbidden(`Pages of the origin ${printable} may not call this API: ${remedy}`, {
    name: 'origin_not_allowed',
  });
}
