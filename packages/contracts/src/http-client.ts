/** HTTP calls between the services: kept-alive connections, bounded time, typed answers. */
import { Agent, type Dispatcher } from 'undici';
import type { z } from 'zod';

/** The other service could not be reached or answered with an error. */
export class UpstreamError extends Error {
  readonly dependency: string;
  /** HTTP status, or undefined when there was no answer. */
  readonly status: number | undefined;
  readonly body: string;

  constructor(dependency: string, status: number | undefined, body: string, cause?: unknown) {
    super(`${dependency} ${status === undefined ? 'did not answer' : `answered ${status}`}`, { cause });
    this.name = 'UpstreamError';
    this.dependency = dependency;
    this.status = status;
    this.body = body;
  }
}

export interface HttpClientOptions {
  /** Name of the other service for messages. */
  dependency: string;
  /** Origin, without a path. */
  baseUrl: string;
  timeoutMs?: number;
  /** Longest answer that is read. */
  maxBodyBytes?: number;
  /** Authorities of the other side's certificate, in PEM; those of the system when absent. */
  ca?: string;
  /** Value of the Authorization header; asked for each call. */
  authorization?: () => string | Promise<string>;
  /** Correlation id of the request on whose behalf the call is made. */
  correlationId?: () => string | undefined;
}

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  query?: Record<string, string | undefined>;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as application/x-www-form-urlencoded. */
  form?: Record<string, string>;
  /** Sent as it is. */
  content?: { type: string; text: string };
  signal?: AbortSignal;
  /** Statuses other than 2xx that are an answer and no failure. */
  accept?: readonly number[];
}

export interface HttpResponse {
  status: number;
  headers: Dispatcher.ResponseData['headers'];
  text: string;
}

export interface HttpClient {
  /** @throws UpstreamError */
  send(request: HttpRequest): Promise<HttpResponse>;
  /** The body, checked against the schema. @throws UpstreamError also when the body is something else */
  read<T>(schema: z.ZodType<T>, request: HttpRequest): Promise<T>;
  close(): Promise<void>;
}

const usualMaxBodyBytes = 16 * 1024 * 1024;

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { dependency, timeoutMs = 2000, ca } = options;
  const agent = new Agent({
    connections: 32,
    keepAliveTimeout: 30_000,
    connect: { timeout: timeoutMs, ...(ca === undefined ? {} : { ca }) },
    maxResponseSize: options.maxBodyBytes ?? usualMaxBodyBytes,
    // One bound for the whole exchange: the signal below.
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });

  async function exchange(request: HttpRequest): Promise<HttpResponse> {
    const timeout = AbortSignal.timeout(timeoutMs);
    const content = contentOf(request);
    const correlationId = options.correlationId?.();
    const answer = await agent.request({
      origin: options.baseUrl,
      method: request.method,
      path: `${request.path}${queryOf(request.query)}`,
      headers: {
        accept: 'application/json',
        ...content.headers,
        ...(correlationId === undefined ? {} : { 'x-request-id': correlationId }),
        ...(options.authorization ? { authorization: await options.authorization() } : {}),
        ...request.headers,
      },
      body: content.body,
      signal: request.signal ? AbortSignal.any([request.signal, timeout]) : timeout,
    });
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  }

  async function send(request: HttpRequest): Promise<HttpResponse> {
    let response: HttpResponse;
    try {
      response = await exchange(request);
    } catch (error) {
      throw new UpstreamError(dependency, undefined, '', error);
    }
    const isAnswer =
      (response.status >= 200 && response.status < 300) || request.accept?.includes(response.status);
    if (!isAnswer) throw new UpstreamError(dependency, response.status, response.text);
    return response;
  }

  return {
    send,
    async read(schema, request) {
      const response = await send(request);
      try {
        return schema.parse(JSON.parse(response.text));
      } catch (error) {
        throw new UpstreamError(dependency, response.status, 'an unexpected body', error);
      }
    },
    close: () => agent.close(),
  };
}

/** The Authorization value of a client that authenticates with its secret (RFC 6749 section 2.3.1). */
export function basicAuthorization(clientId: string, secret: string): string {
  const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

function contentOf({ json, form, content }: HttpRequest): {
  body: string | null;
  headers: Record<string, string>;
} {
  if (json !== undefined)
    return { body: JSON.stringify(json), headers: { 'content-type': 'application/json' } };
  if (form) {
    return {
      body: new URLSearchParams(form).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    };
  }
  if (content) return { body: content.text, headers: { 'content-type': content.type } };
  return { body: null, headers: {} };
}

function queryOf(query: HttpRequest['query']): string {
  const given = Object.entries(query ?? {}).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}
