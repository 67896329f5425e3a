/** Serves the one public host: proxies each path prefix to the service that owns it. */
import proxy from '@fastify/http-proxy';
import { tlsVersionAndCiphers } from '@gatehouse/service-kit/http';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

export interface GatewayOptions {
  port: number;
  /** The address that browsers use; its scheme is what the services are told. */
  publicUrl: string;
  /** Serves HTTPS with it: PEM. */
  identity?: { cert: string; key: string } | undefined;
  /** Base URLs without a path. */
  authApi: string;
  authUi: string;
  environmentApi: string;
}

export type Gateway = Awaited<ReturnType<typeof startGateway>>;

/** Headers about the caller that only the gateway may set, and one that the proxy's client cannot send. */
const droppedHeaders = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'expect'];

/** Resolves when it listens on loopback, by IPv4 and IPv6 where `localhost` has both: some programs try only the first. */
export async function startGateway(options: GatewayOptions) {
  const { port, publicUrl, identity, authApi, authUi, environmentApi } = options;
  const app = Fastify({
    forceCloseConnections: true,
    frameworkErrors: (_error, _request, reply) =>
      answerError(reply as FastifyReply, 400, 'bad_request', 'The address is no valid URL.'),
    ...(identity && { https: { ...identity, ...tlsVersionAndCiphers } }),
  }) as FastifyInstance;
  const proto = new URL(publicUrl).protocol.slice(0, -1);
  const upstreams = {
    '/': authUi,
    '/auth/v3': authApi,
    '/auth': authUi,
    '/environment/v3': environmentApi,
    // RFC 8414 section 3.1 puts the well-known part before the issuer's path.
    '/.well-known/openid-configuration/auth/v3': authApi,
    '/.well-known/oauth-authorization-server/auth/v3': authApi,
    // RFC 9728 section 3.1, before the path of a resource.
    '/.well-known/oauth-protected-resource/auth/v3': authApi,
    '/.well-known/oauth-protected-resource/environment/v3': environmentApi,
  };
  for (const [prefix, upstream] of Object.entries(upstreams))
    await app.register(proxy, {
      prefix,
      rewritePrefix: prefix,
      upstream,
      // The front page is the address of the host alone; nothing else there belongs to anybody.
      ...(prefix === '/' && { preHandler: onlyHost }),
      internalRewriteLocationHeader: false,
      // The library repeats a GET that was answered 503; the caller decides that.
      retryMethods: [],
      replyOptions: {
        rewriteRequestHeaders({ socket, headers: { host = '' } }, headers) {
          const kept = Object.entries(headers).filter(([name]) => !droppedHeaders.includes(name));
          return {
            ...Object.fromEntries(kept),
            host,
            'x-forwarded-for': socket.remoteAddress ?? '',
            'x-forwarded-host': host,
            'x-forwarded-proto': proto,
          };
        },
        // RFC 9110 section 7.6.1: these two describe the connection to the service, not the one to the caller.
        rewriteHeaders: ({ connection: _, 'keep-alive': __, ...headers }) => headers,
        onError: (reply) => {
          const sentence = 'The service behind this path does not answer.';
          answerError(reply as FastifyReply, 503, 'temporarily_unavailable', sentence);
        },
      },
    });
  app.setNotFoundHandler((_request, reply) =>
    answerError(reply, 404, 'not_found', 'There is nothing at this path of the public host.'),
  );
  await app.listen({ host: 'localhost', port });
  return { url: `${identity ? 'https' : 'http'}://localhost:${port}`, close: () => app.close() };
}

async function onlyHost({ url }: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (url !== '/' && !url.startsWith('/?')) reply.callNotFound();
}

/** In both shapes that callers know: OAuth's and the envelope of the v3 APIs. */
function answerError(reply: FastifyReply, status: number, name: string, message: string): void {
  if (status === 503) reply.header('retry-after', '1');
  reply
    .code(status)
    .header('cache-control', 'no-store')
    .send({ error: name, error_description: message, status: { code: status, name, message } });
}
