/** Decides which web pages of other origins may call an API (Fetch standard, section 3.2), and answers their preflights. */

import { parseOrigin } from '@gatehouse/contracts/values';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { forbidden } from '../errors/app-error.ts';
import type { App } from './app-type.ts';

/** The owner of the data in an answer. */
export interface CorsCaller {
  clientId?: string | undefined;
  /** Contact centres of the token or session. */
  contactCenterIds: readonly string[];
}

/** Answers questions about origins. A failure refuses. */
export interface KnownOrigins {
  /** Whether anybody registered it. Asked for every request from another origin. */
  isRegistered(origin: string): Promise<boolean>;
  /** Whether the operator allows it for the whole installation. */
  isGlobal(origin: string): Promise<boolean>;
  /** Whether it is global, or one of the caller's client or contact centres. */
  mayRead(origin: string, caller: CorsCaller): Promise<boolean>;
}

export interface CorsOptions {
  origins: KnownOrigins;
  methods: readonly string[];
  /** Those that pages of every registered origin may use; others are for global origins only. */
  methodsOfTenants: readonly string[];
  /** Request headers that pages may send. */
  requestHeaders: readonly string[];
  /** Response headers that pages may read. */
  answerHeaders: readonly string[];
  /** Ends the error message for a refused origin: what its owner can do. */
  remedy: string;
  /** Requests that pages of other origins may send. The routes themselves refuse the others, and no page reads those answers. */
  concerns?(request: FastifyRequest): boolean;
}

const preflightMaxAgeSeconds = 600;
const readingMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

interface CrossOriginRequest {
  /** As the browser sent it: the answer must name it in the same spelling. */
  origin: string;
  parsed: string;
  caller?: CorsCaller;
  isPublic?: boolean;
}

const nobody: CorsCaller = { contactCenterIds: [] };
const crossOrigin = new WeakMap<object, CrossOriginRequest>();

/**
 * Tells whose data the answer to the request will contain; a later call replaces an earlier one. Until then the answer is
 * nobody's: pages of every registered origin read an error, such as the 401 that tells them to sign in again, and nothing else.
 */
export function nameCorsCaller(request: object, caller: CorsCaller): void {
  const page = crossOrigin.get(request);
  if (page !== undefined) page.caller = caller;
}

/** Tells that the answer is the same whoever asks: pages of every registered origin read it. */
export function nameNobody(request: object): void {
  const page = crossOrigin.get(request);
  if (page !== undefined) page.isPublic = true;
}

export function isCrossOrigin(request: object): boolean {
  return crossOrigin.has(request);
}

/**
 * Guards every route that the scope registers afterwards and answers its preflights. Call it before hooks that ask for
 * credentials: a preflight carries none. No answer allows credentials, so cookies are never sent along.
 */
export function enforceCors(app: App, options: CorsOptions): void {
  const { origins, remedy, concerns = () => true } = options;
  const exposed = options.answerHeaders.join(', ');
  app.addHook('onRequest', async (request, reply) => {
    addVary(reply, 'origin');
    const { origin } = request.headers;
    if (origin === undefined || isSameOrigin(request, origin)) return;
    if (!isPreflight(request) && !concerns(request)) return;
    const parsed = parseOrigin(origin);
    if (parsed === undefined || !(await mayAsk(parsed, request, options))) throw refused(origin, remedy);
    if (isPreflight(request)) {
      reply.header('access-control-allow-origin', origin);
      // Browsers keep the whole list: an origin that was asked only whether it may read must not be told that it may write.
      const methods = isOpen(request, options) ? options.methodsOfTenants : options.methods;
      return answerPreflight(reply, { ...options, methods });
    }
    crossOrigin.set(request, { origin, parsed });
  });
  // At the end, because only authentication tells whose data the answer contains.
  app.addHook('onSend', (request, reply, _payload, done) => {
    const page = crossOrigin.get(request);
    if (page === undefined) return done();
    mayRead(page, reply.statusCode, origins).then(
      (isReader) => {
        if (isReader) {
          reply.header('access-control-allow-origin', page.origin);
          reply.header('access-control-expose-headers', exposed);
        }
        done();
      },
      // The origins cannot be read: the page gets nothing.
      () => done(),
    );
  });
  answerOptions(app);
}

async function mayAsk(origin: string, request: FastifyRequest, options: CorsOptions): Promise<boolean> {
  return isOpen(request, options) ? options.origins.isRegistered(origin) : options.origins.isGlobal(origin);
}

/** Whether pages of every registered origin may ask for this, or do it: a page can skip the preflight of a former answer. */
function isOpen(request: FastifyRequest, { methodsOfTenants }: CorsOptions): boolean {
  if (isPreflight(request))
    return methodsOfTenants.includes(request.headers['access-control-request-method'] ?? '');
  // The readers of the answer are decided at the end, and reading changes nothing.
  return readingMethods.has(request.method) || methodsOfTenants.includes(request.method);
}

/** An origin that one tenant registered must not read what belongs to another. */
async function mayRead(page: CrossOriginRequest, statusCode: number, origins: KnownOrigins) {
  const { parsed, caller, isPublic } = page;
  if (isPublic || (caller === undefined && statusCode >= 400)) return true;
  return origins.mayRead(parsed, caller ?? nobody);
}

/** Lets pages of every origin read public facts, without cookies. */
export function allowEveryOrigin(app: App, options: Pick<CorsOptions, 'methods' | 'requestHeaders'>): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('access-control-allow-origin', '*');
    if (isPreflight(request)) return answerPreflight(reply, options);
  });
  answerOptions(app);
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
