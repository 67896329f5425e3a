/** Serves `/auth/v3/sso/jwks`: the public keys that verify our client assertions at OpenID Connect providers (RFC 7523). */
import type { App } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import type { SsoKeys } from './keys/service.ts';
import { publicJwk } from './oidc/assertion-key.ts';

const keySetSchema = z.object({
  keys: z.array(
    z.object({
      kty: z.string(),
      n: z.string(),
      e: z.string(),
      use: z.string(),
      alg: z.string(),
      kid: z.string(),
    }),
  ),
});

export function ssoJwksRoutes(app: App, { ssoKeys }: { ssoKeys: Pick<SsoKeys, 'published'> }): void {
  app.route({
    method: 'GET',
    url: '/jwks',
    schema: {
      operationId: 'ssoJwks',
      tags: ['single sign-on'],
      summary: 'Our keys as an OpenID Connect client with private_key_jwt: register this address',
      response: { 200: keySetSchema },
    },
    handler: async (_request, reply) => {
      reply.header('cache-control', 'public, max-age=300');
      return { keys: await Promise.all(ssoKeys.published('signing').map(publicJwk)) };
    },
  });
}
