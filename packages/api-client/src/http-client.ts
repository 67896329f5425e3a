/** Sends HTTP requests over kept-alive connections, bounded in time and size, without following redirects or proxies. */
import type { LookupFunction } from 'node:net';
import { definedOnly } from '@gatehouse/contracts/defined-only';
import { Agent, type Dispatcher } from 'undici';
import type { z } from 'zod';
import { type AddressPolicy, guardedLookup } from './address-policy.ts';
import { repeated } from './repeat.ts';
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

export interface HttpRequest {
  /** Default: POST with a form, otherwise GET. */
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `baseUrl`, sent as it is. */
  path?: string;
  /** An absolute URL, instead of `path`. */
  url?: string;
  query?: Record<string, string | undefined>;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as application/x-www-form-urlencoded. */
  form?: Record<string, string>;
  /** Sent as it is. */
  content?: { type: string; text: string | Uint8Array };
  /** The answer is no text: its bytes are kept. */
  isBinary?: boolean;
  signal?: AbortSignal | undefined;
  /** Sent again when its connection broke before the answer. Default: GET alone. */
  maySendTwice?: boolean;
  /** Media types that the answer may have; any when absent. */
  accept?: readonly string[];
  /** Statuses beside 2xx that are an answer and no failure. */
  alsoStatuses?: readonly number[];
}

export interface HttpResponse {
  status: number;
  headers: Dispatcher.ResponseData['headers'];
  /** Empty where the request asks for bytes. */
  text: string;
  bytes?: Buffer;
}

export type HttpClient = ReturnType<typeof createHttpClient>;

const serviceLimits = { connections: 32, keepAliveTimeout: 30_000, maxResponseSize: 16 * 1024 * 1024 };
/**
 * Strangers end connections that were idle for a second or for five, and a request that is sent meanwhile is lost, such as
 * the code that a person came back with. So an idle connection serves the next call of the same purpose and no later one.
 */
const strangerLimits = { connections: 8, keepAliveTimeout: 500, maxResponseSize: 256 * 1024 };

export function createHttpClient(options: HttpClientOptions) {
  const { timeoutMs = 2000, addresses } = options;
  const limits = addresses === undefined ? serviceLimits : strangerLimits;
  const agent = new Agent({
    ...limits,
    maxResponseSize: options.maxBodyBytes ?? limits.maxResponseSize,
    allowH2: false,
    connect: definedOnly({
      timeout: timeoutMs,
      ca: options.ca,
      cert: options.cert,
      key: options.key,
      lookup: addresses && guardedLookup(addresses, options.resolve),
    }),
    // The signal below bounds the whole exchange.
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });

  function targetOf(request: HttpRequest) {
    const query = queryOf(request.query);
    if (request.url === undefined) {
      const { baseUrl = '', dependency = baseUrl } = options;
      return { origin: baseUrl, path: `${request.path}${query}`, name: dependency };
    }
    const problem = addresses?.problemOf(request.url);
    if (problem !== undefined) throw problem;
    const url = new URL(request.url);
    return {
      origin: url.origin,
      path: `${url.pathname}${url.search}${query}`,
      name: options.dependency ?? url.host,
    };
  }

  async function exchange(request: HttpRequest, target: ReturnType<typeof targetOf>): Promise<HttpResponse> {
    const timeout = new AbortController();
    const late = () => timeout.abort(new DOMException('No answer in time', 'TimeoutError'));
    // Ends with the call, which the timer of `AbortSignal.timeout` outlives.
    const timer = setTimeout(late, timeoutMs);
    try {
      return await answerTo(request, target, timeout.signal);
    } finally {
      clearTimeout(timer);
    }
  }

  async function answerTo(
    request: HttpRequest,
    target: ReturnType<typeof targetOf>,
    timeout: AbortSignal,
  ): Promise<HttpResponse> {
    const content = contentOf(request);
    const { statusCode, headers, body } = await agent.request({
      origin: target.origin,
      path: target.path,
      method: request.method ?? (request.form === undefined ? 'GET' : 'POST'),
      headers: definedOnly({
        accept: request.accept?.join(', ') ?? (addresses ? undefined : 'application/json'),
        'content-type': content?.type,
        'x-request-id': options.correlationId?.(),
        authorization: await options.authorization?.(),
        ...request.headers,
      }),
      body: content?.text ?? null,
      signal: request.signal ? AbortSignal.any([request.signal, timeout]) : timeout,
    });
    const failure = failureOf(statusCode, headers, request);
    if (failure === undefined) {
      const answer = { status: statusCode, headers };
      return request.isBinary
        ? { ...answer, text: '', bytes: Buffer.from(await body.arrayBuffer()) }
        : { ...answer, text: await body.text() };
    }
    if (addresses === undefined)
      throw new UpstreamError(target.name, statusCode, await body.text(), { failure });
    // Closes the connection instead of reading what a stranger sends.
    body.on('error', () => undefined).destroy();
    throw new UpstreamError(target.name, statusCode, '', { failure });
  }

  async function exchangeAuthorized(request: HttpRequest, target: ReturnType<typeof targetOf>) {
    const { renewAuthorization } = options;
    if (renewAuthorization === undefined) return exchange(request, target);
    try {
      return await exchange(request, target);
    } catch (error) {
      if (!(error instanceof UpstreamError && error.status === 401)) throw error;
      renewAuthorization();
      return exchange(request, target);
    }
  }

  /** @throws UpstreamError */
  async function send(request: HttpRequest): Promise<HttpResponse> {
    const target = targetOf(request);
    const call = () => exchangeAuthorized(request, target);
    const isRead = request.method === undefined && request.form === undefined;
    const maySendTwice = request.maySendTwice ?? (isRead || request.method === 'GET');
    try {
      // A stranger has no replicas that we know of, and is not asked more often than once.
      return await (addresses === undefined ? repeated(call, { timeoutMs, maySendTwice }) : call());
    } catch (error) {
      throw asUpstreamError(error, target.name);
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
    close: (): Promise<void> => (addresses === undefined ? agent.close() : agent.destroy()),
  };
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

function contentOf({ json, form, content }: HttpRequest): HttpRequest['content'] {
  if (json !== undefined) return { type: 'application/json', text: JSON.stringify(json) };
  if (form === undefined) return content;
  return { type: 'application/x-www-form-urlencoded', text: new URLSearchParams(form).toString() };
}

function queryOf(query: HttpRequest['query'] = {}): string {
  const given = new URLSearchParams(definedOnly(query) as Record<string, string>);
  return given.size === 0 ? '' : `?${given}`;
}
