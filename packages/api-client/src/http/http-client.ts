/** Sends HTTP requests over kept-alive connections, bounded in time and size, without following redirects or proxies. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { LookupFunction } from 'node:net';
import { definedOnly } from '@gatehouse/contracts/values';
import type { z } from 'zod';
import { type AddressPolicy, guardedLookup } from './address-policy.ts';
import { bodyOf, createConnections, type Endpoint, endpointOf } from './connections.ts';
import { repeated } from './repeat.ts';
import { contentOf, queryOf, type RequestContent } from './request-content.ts';
import { asUpstreamError, UpstreamError } from './upstream-error.ts';

export interface HttpClientOptions {
  /** Name of the other service in messages; the host of the URL when absent. */
  dependency?: string;
  /** Origin of the other service, without a path, for requests that have a `path`. */
  baseUrl?: string;
  /** For one call, from name resolution to the last byte. */
  timeoutMs?: number;
  maxBodyBytes?: number;
  /** Certificate authorities in PEM; those of the runtime when absent. */
  ca?: string | undefined;
  /** Certificate and key of this client in PEM, for servers that ask for one. */
  cert?: string | undefined;
  key?: string | undefined;
  /** Returns the value of the Authorization header; called for each request. */
  authorization?: () => Promise<string>;
  /** Called when the other service refuses that value (401): the request is sent once more with a new one. */
  renewAuthorization?: () => void;
  /** Returns the correlation id of the request on whose behalf the call is made. */
  correlationId?: () => string | undefined;
  /** The addresses that may be connected to, for URLs that strangers have registered; every address when absent. */
  addresses?: AddressPolicy;
  /** Resolves names; for tests. */
  resolve?: LookupFunction;
}

export interface HttpRequest extends RequestContent {
  /** Default: POST with a form, otherwise GET. */
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `baseUrl`, sent as it is. */
  path?: string;
  /** An absolute URL, instead of `path`. */
  url?: string;
  query?: Record<string, string | undefined>;
  headers?: Record<string, string>;
  /** The answer is no text: its bytes are kept. */
  isBinary?: boolean;
  signal?: AbortSignal | undefined;
  /** Sent again when its connection broke before the answer. Default: GET alone. */
  maySendTwice?: boolean;
  /** Media types that the answer may have; any when absent. */
  accept?: readonly string[];
  /** Statuses beside 2xx that are an answer and no failure. */
  alsoStatuses?: readonly number[];
  /** Instead of the client's. */
  maxBodyBytes?: number;
}

export interface HttpResponse {
  status: number;
  headers: IncomingHttpHeaders;
  /** Empty where the request asks for bytes. */
  text: string;
  bytes?: Buffer;
}

export type HttpClient = ReturnType<typeof createHttpClient>;

interface Target extends Endpoint {
  path: string;
  /** In messages. */
  name: string;
}

/** Drops a byte order mark. */
const utf8 = new TextDecoder();

const serviceLimits = { maxConnections: 32, idleMs: 30_000, maxBodyBytes: 16 * 1024 * 1024 };
/**
 * Strangers end connections that were idle for a second or for five, and a request that is sent meanwhile is lost, such as
 * the code that a person came back with. So an idle connection serves the next call of the same purpose and no later one.
 */
const strangerLimits = { maxConnections: 8, idleMs: 500, maxBodyBytes: 256 * 1024 };

export function createHttpClient(options: HttpClientOptions) {
  const { timeoutMs = 2000, addresses } = options;
  const limits = addresses === undefined ? serviceLimits : strangerLimits;
  const { maxBodyBytes = limits.maxBodyBytes } = options;
  const connections = createConnections({
    ...limits,
    timeoutMs,
    ca: options.ca,
    cert: options.cert,
    key: options.key,
    lookup: addresses && guardedLookup(addresses, timeoutMs, options.resolve),
  });
  const ownOrigin = options.baseUrl === undefined ? undefined : new URL(options.baseUrl);
  const pending = new Set<Promise<HttpResponse>>();
  let isClosed = false;

  async function exchange(request: HttpRequest, { name, ...target }: Target): Promise<HttpResponse> {
    const content = contentOf(request);
    const headers = definedOnly({
      accept: request.accept?.join(', ') ?? (addresses ? undefined : 'application/json'),
      'content-type': content?.type,
      // Node tells it for some methods alone.
      'content-length': content && String(Buffer.byteLength(content.text)),
      'x-request-id': options.correlationId?.(),
      authorization: await options.authorization?.(),
      ...request.headers,
    });
    if (isClosed) throw new Error('This client is closed');
    const method = request.method ?? (request.form === undefined ? 'GET' : 'POST');
    const outgoing = { ...target, method, headers, content: content?.text, signal: request.signal };
    return connections.exchange(outgoing, (answer) => readAnswer(answer, request, name));
  }

  async function readAnswer(
    answer: IncomingMessage,
    request: HttpRequest,
    name: string,
  ): Promise<HttpResponse> {
    const { statusCode: status = 0, headers } = answer;
    const failure = failureOf(status, headers, request);
    if (failure !== undefined && addresses !== undefined) {
      // Closes the connection instead of reading what a stranger sends.
      answer.destroy();
      throw new UpstreamError(name, status, '', { failure });
    }
    const body = await bodyOf(answer, request.maxBodyBytes ?? maxBodyBytes);
    if (body === undefined) throw new UpstreamError(name, undefined, '', { failure: 'too-large' });
    if (failure !== undefined) throw new UpstreamError(name, status, utf8.decode(body), { failure });
    return request.isBinary
      ? { status, headers, text: '', bytes: body }
      : { status, headers, text: utf8.decode(body) };
  }

  /** @throws UpstreamError */
  async function send(request: HttpRequest): Promise<HttpResponse> {
    const target = targetOf(request, options, ownOrigin);
    const call = () => authorized(() => exchange(request, target), options.renewAuthorization);
    const isRead = request.method === undefined && request.form === undefined;
    const maySendTwice = request.maySendTwice ?? (isRead || request.method === 'GET');
    // A stranger has no replicas that we know of, and is not asked more often than once.
    const answered = addresses === undefined ? repeated(call, { timeoutMs, maySendTwice }) : call();
    pending.add(answered);
    try {
      return await answered;
    } catch (error) {
      throw asUpstreamError(error, target.name);
    } finally {
      pending.delete(answered);
    }
  }

  return {
    send,
    /** Returns the body after a check against the schema. @throws UpstreamError also when the body does not match */
    async read<T>(schema: z.ZodType<T>, request: HttpRequest): Promise<T> {
      const { status, text } = await send(request);
      try {
        return schema.parse(JSON.parse(text));
      } catch (cause) {
        const name = options.dependency ?? options.baseUrl ?? '';
        throw new UpstreamError(name, status, 'an unexpected body', { failure: 'body', cause });
      }
    },
    /** Strangers are not waited for. */
    async close(): Promise<void> {
      isClosed = true;
      if (addresses === undefined) await Promise.allSettled(pending);
      connections.close();
    },
  };
}

/** @throws UpstreamError for what is no URL, or one that may not be called */
function targetOf(
  { url, path, query }: HttpRequest,
  { dependency, baseUrl, addresses }: HttpClientOptions,
  ownOrigin: URL | undefined,
): Target {
  const problem = url === undefined ? undefined : addresses?.problemOf(url);
  if (problem !== undefined) throw problem;
  const origin = url === undefined ? ownOrigin : new URL(url);
  const name = dependency ?? (url === undefined ? baseUrl : origin?.host) ?? '';
  const endpoint = origin && endpointOf(origin);
  if (endpoint === undefined)
    throw new UpstreamError(name, undefined, '', {
      failure: 'url',
      message: 'must be an http or https URL',
    });
  const target = url === undefined ? path : `${origin?.pathname}${origin?.search}`;
  return { ...endpoint, path: `${target}${queryOf(query)}`, name };
}

/** Sends once more with a new value where the other service refuses the first one. */
async function authorized<T>(call: () => Promise<T>, renew: (() => void) | undefined): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (renew === undefined || !(error instanceof UpstreamError && error.status === 401)) throw error;
    renew();
    return call();
  }
}

/** The same connections for one caller, whose headers go with each request. Closing it closes nothing. */
export function withHeaders(http: HttpClient, headers: Record<string, string>): HttpClient {
  return withRequests(http, (request) => ({ ...request, headers: { ...headers, ...request.headers } }));
}

/** The same connections, over which each request goes as `change` makes it. Closing it closes nothing. */
export function withRequests(http: HttpClient, change: (request: HttpRequest) => HttpRequest): HttpClient {
  return {
    send: (request) => http.send(change(request)),
    read: (schema, request) => http.read(schema, change(request)),
    close: async () => undefined,
  };
}

/** Returns the Authorization value of a client that authenticates with its secret (RFC 6749 section 2.3.1). */
export function basicAuthorization(clientId: string, secret: string): string {
  const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

function failureOf(
  status: number,
  headers: HttpResponse['headers'],
  { accept, alsoStatuses = [] }: HttpRequest,
) {
  if (alsoStatuses.includes(status)) return undefined;
  if (status >= 300 && status < 400) return 'redirect';
  if (status < 200 || status >= 300) return 'status';
  const [type = ''] = String(headers['content-type'] ?? '').split(';', 1);
  return accept === undefined || accept.includes(type.trim().toLowerCase()) ? undefined : 'content-type';
}
