/** Serves the discovery documents and the key set, which are public. */

import { oauthErrorHandler } from '@gatehouse/caller-auth/oauth-errors';
import { metadataPathOf } from '@gatehouse/caller-auth/sender-constraint';
import { type App, allowEveryOrigin } from '@gatehouse/service-kit/http';
import { discoverySchema, keySetSchema, resourceSchema } from '../../core/protocol/schemas.ts';
import { keySetMaxAgeSeconds, publishKeys } from '../../keys/signing-keys/jwks.ts';
import type { SigningKeys } from '../../keys/signing-keys/key-ring.ts';
import type { ClientDirectory } from '../../registry/clients/directory.ts';
import { discoveryDocument, type Offers } from './discovery.ts';
import type { UserResources } from './user-resources.ts';

interface DiscoveryRoutesDeps {
  issuer: string;
  grantTypes: string[];
  signingKeys: Pick<SigningKeys, 'all'>;
  offers: Offers;
  resources: UserResources;
  directory: Pick<ClientDirectory, 'detailTypes'>;
}

const tags = ['discovery'];

/** OpenID Connect Discovery puts the document below the issuer, RFC 8414 above its path. */
const paths = {
  readOpenIdConfiguration: '/auth/v3/.well-known/openid-configuration',
  readServerMetadata: '/auth/v3/.well-known/oauth-authorization-server',
  readOpenIdConfigurationAbovePath: '/.well-known/openid-configuration/auth/v3',
  readServerMetadataAbovePath: '/.well-known/oauth-authorization-server/auth/v3',
};

/** Clients of the Model Context Protocol name its revision in every request, also in those for the documents. */
const requestHeaders = ['content-type', 'mcp-protocol-version', 'x-request-id'];

export function discoveryRoutes(
  app: App,
  { issuer, grantTypes, signingKeys, offers, resources, directory }: DiscoveryRoutesDeps,
): void {
  app.setErrorHandler(oauthErrorHandler);
  allowEveryOrigin(app, { methods: ['GET'], requestHeaders });
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('cache-control', `public, max-age=${keySetMaxAgeSeconds}`);
    done();
  });

  /** The document must be there without PostgreSQL too. */
  const detailTypes = async () => {
    const known = await directory.detailTypes().catch(() => undefined);
    return [...(known?.keys() ?? [])];
  };
  const signingAlgorithms = () => [...new Set(signingKeys.all.map(({ algorithm }) => algorithm))];

  for (const [operationId, url] of Object.entries(paths)) {
    app.get(
      url,
      {
        schema: { operationId, tags, summary: 'What this server can do', response: { 200: discoverySchema } },
      },
      async () =>
        discoveryDocument({
          issuer,
          grantTypes,
          offers,
          resources,
          signingAlgorithms: signingAlgorithms(),
          detailTypes: await detailTypes(),
        }),
    );
  }

  for (const { path, metadata } of resources) {
    app.get(
      metadataPathOf(path),
      {
        schema: {
          operationId: operationIdOf(path),
          tags,
          summary: `How to call ${path} (RFC 9728)`,
          response: { 200: resourceSchema },
        },
      },
      async () => metadata(signingAlgorithms()),
    );
  }

  app.get(
    '/auth/v3/oauth/jwks',
    {
      schema: {
        operationId: 'readPublicKeys',
        tags,
        summary: 'Public signing keys (RFC 7517)',
        response: { 200: keySetSchema },
      },
    },
    async () => publishKeys(signingKeys.all),
  );
}

/** `readMetadataOfOpenidUserinfo` for `/auth/v3/openid/userinfo`. */
function operationIdOf(path: string): string {
  const name = path.replace('/auth/v3', '').replaceAll(/\W(\w)/g, (_part, letter) => letter.toUpperCase());
  return `readMetadataOf${name}`;
}
