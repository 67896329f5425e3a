/** The one public host: sends each path to the service that owns it, changing nothing on the way. */
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

export interface GatewayOptions {
  port: number;
  /** Base URLs without a path. */
  authApi: string;
  authUi: string;
  environmentApi: string;
}

export interface Gateway {
  readonly url: string;
  close(): Promise<void>;
}

/** Resolves when it listens on loopback. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, reply) => {
    const upstream = chooseUpstream(incoming.url ?? '/', options);
    if (upstream) forward(incoming, reply, upstream, agent);
    else answerError(reply, 404, 'not_found', 'There is nothing at this path of the public host.');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${options.port}`,
    close() {
      agent.destroy();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

/** By the path as sent: the service itself decides what dots and escapes in it mean. */
function chooseUpstream(
  target: string,
  { authApi, authUi, environmentApi }: GatewayOptions,
): string | undefined {
  const path = target.split('?', 1)[0] ?? '';
  const isBelow = (prefix: string) => path === prefix || path.startsWith(`${prefix}/`);
  if (isBelow('/auth/v3') || discoveryPaths.has(path)) return authApi;
  if (isBelow('/auth')) return authUi;
  if (isBelow('/environment/v3')) return environmentApi;
  return undefined;
}

/** RFC 8414 puts the well-known part before the issuer's path. */
const discoveryPaths = new Set([
  '/.well-known/openid-configuration/auth/v3',
  '/.well-known/oauth-authorization-server/auth/v3',
]);

function forward(incoming: IncomingMessage, reply: ServerResponse, upstream: string, agent: Agent): void {
  const { hostname, port } = new URL(upstream);
  const outgoing = request({
    agent,
    hostname,
    port,
    method: incoming.method,
    path: incoming.url,
    headers: requestHeaders(incoming),
    setHost: false,
  });
  outgoing.once('response', (response) => {
    reply.writeHead(response.statusCode ?? 502, response.statusMessage, endToEnd(response.rawHeaders));
    response.pipe(reply);
    response.once('error', () => reply.destroy());
  });
  outgoing.on('error', () => {
    if (reply.headersSent) reply.destroy();
    else answerError(reply, 503, 'temporarily_unavailable', 'The service behind this path does not answer.');
  });
  reply.once('close', () => {
    if (!reply.writableFinished) outgoing.destroy();
  });
  incoming.pipe(outgoing);
}

/** Ours alone: what the caller claims about its own address is not handed on. */
const forwardedHeaders = new Set(['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto']);

function requestHeaders(incoming: IncomingMessage): string[] {
  const kept = endToEnd(incoming.rawHeaders, forwardedHeaders);
  const hasBody = 'content-length' in incoming.headers || 'transfer-encoding' in incoming.headers;
  kept.push('X-Forwarded-For', incoming.socket.remoteAddress ?? '', 'X-Forwarded-Proto', 'http');
  if (incoming.headers.host) kept.push('X-Forwarded-Host', incoming.headers.host);
  if (hasBody && !('content-length' in incoming.headers)) kept.push('Transfer-Encoding', 'chunked');
  // Without it Node would announce a chunked body, and the service would ask for its type.
  else if (!hasBody && incoming.method !== 'GET' && incoming.method !== 'HEAD')
    kept.push('Content-Length', '0');
  return kept;
}

/** RFC 9110 section 7.6.1: these belong to one connection. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

function endToEnd(rawHeaders: string[], alsoDropped: ReadonlySet<string> = new Set()): string[] {
  const kept: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [name, value] = [rawHeaders[index] as string, rawHeaders[index + 1] as string];
    const key = name.toLowerCase();
    if (!hopByHop.has(key) && !alsoDropped.has(key)) kept.push(name, value);
  }
  return kept;
}

/** In both shapes that callers know: OAuth's and the envelope of the v3 APIs. */
function answerError(reply: ServerResponse, status: number, name: string, message: string): void {
  const body = { error: name, error_description: message, status: { code: status, name, message } };
  reply.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    ...(status === 503 ? { 'retry-after': '1' } : {}),
  });
  reply.end(JSON.stringify(body));
}
