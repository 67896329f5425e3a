/**
 * Calls to addresses that others have registered (key sets, logout notices): they must not reach what only this machine can.
 * A name is resolved once, by the connection itself, and only to addresses that the policy allows: what was judged is what
 * is connected to. Redirects are not followed, proxies of the environment are not used, time and size have an end.
 */
import { lookup as resolveName } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, type Dispatcher } from 'undici';
import { createAddressPolicy } from './address-policy.ts';

export type OutboundFailure =
  /** The URL is none that may be called. */
  | 'url'
  /** It leads to an address that the policy refuses. */
  | 'address'
  /** No connection, no whole answer, or none in time. */
  | 'unreachable'
  | 'redirect'
  | 'status'
  | 'content-type'
  | 'too-large';

/** Its message names the host, never path or query. */
export class OutboundError extends Error {
  readonly failure: OutboundFailure;
  /** With the failure `status`: what was answered. */
  readonly status: number | undefined;

  constructor(failure: OutboundFailure, message: string, options: { cause?: unknown; status?: number } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'OutboundError';
    this.failure = failure;
    this.status = options.status;
  }
}

export interface OutboundRequest {
  url: string;
  /** Sent as a form by POST; without it the request is a GET. */
  form?: Record<string, string>;
  headers?: Record<string, string>;
  /** Media types that the answer may have; without it the type does not matter. */
  accept?: readonly string[];
  /** Statuses beside 2xx whose answer is wanted: some say there what was wrong. */
  alsoStatuses?: readonly number[];
  signal?: AbortSignal;
}

export interface OutboundAnswer {
  /** 2xx or one that was asked for: everything else is an OutboundError. */
  status: number;
  headers: Dispatcher.ResponseData['headers'];
  text: string;
}

export interface Outbound {
  /** @throws OutboundError */
  send(request: OutboundRequest): Promise<OutboundAnswer>;
  close(): Promise<void>;
}

export interface OutboundOptions {
  /** CIDR ranges beside the public internet. */
  allowedNetworks: readonly string[];
  /** For local trials: loopback may be called, also without TLS. */
  allowLoopback: boolean;
  /** Authority of certificates in PEM; that of the runtime when not given. */
  ca?: string | undefined;
  /** For one call from name resolution to the last byte. */
  timeoutMs: number;
  largestAnswerBytes?: number;
  /** Resolves names; a test brings its own. */
  resolve?: LookupFunction;
}

const connectionsPerHost = 8;

export function createOutbound(options: OutboundOptions): Outbound {
  const { timeoutMs, allowLoopback, ca, largestAnswerBytes = 262_144 } = options;
  const policy = createAddressPolicy(options.allowedNetworks, allowLoopback);
  const resolve = options.resolve ?? (resolveName as LookupFunction);

  /** The connection asks here, and connects to what it is told: nobody asks the name a second time. */
  const lookup: LookupFunction = (hostname, lookupOptions, callback) => {
    resolve(hostname, { ...lookupOptions, all: true }, (error, found) => {
      if (error) return callback(error, '', 0);
      const addresses = (Array.isArray(found) ? found : []).filter(({ address }) => policy.allows(address));
      const [first] = addresses;
      if (first === undefined) return callback(refusedAddress(hostname), '', 0);
      if (lookupOptions.all) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };

  const agent = new Agent({
    connections: connectionsPerHost,
    connect: { lookup, timeout: timeoutMs, ...(ca === undefined ? {} : { ca }) },
    allowH2: false,
    keepAliveTimeout: 10_000,
    maxResponseSize: largestAnswerBytes,
  });

  function targetOf(text: string): URL {
    const url = outboundUrl(text, allowLoopback);
    // An address in the URL is connected to without a look-up.
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !policy.allows(host)) throw refusedAddress(host);
    return url;
  }

  async function exchange(url: URL, request: OutboundRequest): Promise<OutboundAnswer> {
    const timeout = AbortSignal.timeout(timeoutMs);
    const { form } = request;
    const answer = await agent.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: form === undefined ? 'GET' : 'POST',
      headers: {
        ...(request.accept === undefined ? {} : { accept: request.accept.join(', ') }),
        ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...request.headers,
      },
      body: form === undefined ? null : new URLSearchParams(form).toString(),
      signal: request.signal ? AbortSignal.any([request.signal, timeout]) : timeout,
    });
    const refusal = refusalOf(answer, url.host, request);
    if (refusal !== undefined) {
      // Not read to its end: the connection is given up rather than fed by a stranger.
      answer.body.on('error', () => undefined).destroy();
      throw refusal;
    }
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  }

  return {
    async send(request) {
      const url = targetOf(request.url);
      try {
        return await exchange(url, request);
      } catch (error) {
        throw asOutboundError(error, url.host);
      }
    },
    close: () => agent.destroy(),
  };
}

/**
 * The URL, if it is one that may be called: https without credentials; plain http to loopback where that is allowed.
 * @throws OutboundError that says what would be right.
 */
function outboundUrl(text: string, allowLoopback: boolean): URL {
  // The parser makes one spelling of decimal, octal and hexadecimal addresses.
  const url = URL.parse(text);
  if (url === null) throw new OutboundError('url', 'must be an absolute URL');
  const mayBePlain = allowLoopback && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && mayBePlain)) {
    throw new OutboundError('url', 'must be an https URL');
  }
  if (url.username !== '' || url.password !== '') {
    throw new OutboundError('url', 'must have no user name or password');
  }
  if (text.includes('#')) throw new OutboundError('url', 'must have no fragment');
  return url;
}

/** What is wrong with an address that somebody registers; undefined when it may be called. */
export function outboundUrlProblem(text: string, allowLoopback: boolean): string | undefined {
  try {
    outboundUrl(text, allowLoopback);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function refusalOf(
  { statusCode, headers }: Dispatcher.ResponseData,
  host: string,
  { accept, alsoStatuses = [] }: OutboundRequest,
): OutboundError | undefined {
  if (alsoStatuses.includes(statusCode)) return undefined;
  if (statusCode >= 300 && statusCode < 400) {
    return new OutboundError('redirect', `${host} redirects, which is not followed`);
  }
  if (statusCode < 200 || statusCode >= 300)
    return new OutboundError('status', `${host} answered ${statusCode}`, { status: statusCode });
  const type = String(headers['content-type'] ?? '')
    .split(';', 1)[0]
    ?.trim()
    .toLowerCase();
  if (accept === undefined || accept.includes(type ?? '')) return undefined;
  return new OutboundError('content-type', `${host} answered with another content type than was asked for`);
}

function refusedAddress(host: string): OutboundError {
  return new OutboundError('address', `${host} is at an address that may not be called from here`);
}

function asOutboundError(error: unknown, host: string): OutboundError {
  // A connection that tried several addresses reports them together.
  const inner = error instanceof AggregateError ? error.errors : [error];
  for (const candidate of [error, ...inner]) {
    if (candidate instanceof OutboundError) return candidate;
  }
  if ((error as { code?: string }).code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
    return new OutboundError('too-large', `${host} answered with more than is read`, { cause: error });
  }
  return new OutboundError('unreachable', `${host} did not answer`, { cause: error });
}
