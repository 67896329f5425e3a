/** Advertises whose tokens this API takes to clients that know nothing but its address (RFC 9728). */
import {
  advertiseMetadata,
  metadataPathOf,
  resourceMetadata,
} from '@gatehouse/caller-auth/sender-constraint';
import { type App, allowEveryOrigin } from '@gatehouse/service-kit/http';
import type { Config } from '../config.ts';

const path = '/environment/v3';
const maxAgeSeconds = 300;

export function createResource(config: Pick<Config, 'publicUrl' | 'dpop' | 'http' | 'mtls'>) {
  const { publicUrl, dpop, http, mtls } = config;
  // This API does not know how callers reach it, and describes nothing.
  if (publicUrl === undefined) return { routes: async () => undefined, advertise: () => undefined };
  const metadata = resourceMetadata({
    resource: `${publicUrl}${path}`,
    issuer: `${publicUrl}/auth/v3`,
    name: 'Environment API',
    takesProofs: dpop.origins.length > 0,
    takesCertificates: http.tls.clientCertificates || mtls.header !== undefined,
  });
  return {
    async routes(app: App) {
      allowEveryOrigin(app, { methods: ['GET'], requestHeaders: ['content-type', 'x-request-id'] });
      app.get(metadataPathOf(path), { schema: { hide: true } }, async (_request, reply) =>
        reply.header('cache-control', `public, max-age=${maxAgeSeconds}`).send(metadata),
      );
    },
    /** Names the metadata in the challenges of a scope. */
    advertise: (scope: App) => advertiseMetadata(scope, () => `${publicUrl}${metadataPathOf(path)}`),
  };
}
