/** Describes a protected resource to clients that know nothing but its address, and names the description in challenges (RFC 9728). */
import type { App } from '@gatehouse/service-kit/http';
import { dpopAlgorithms } from './dpop-proof.ts';

export interface ResourceDescription {
  /** Address of the resource, as clients call it. */
  resource: string;
  /** The authorization server whose tokens it takes. */
  issuer: string;
  name: string;
  /** Whether tokens may be bound to a key or a certificate. */
  takesProofs: boolean;
  takesCertificates: boolean;
  scopes?: readonly string[];
  /** A POST may have the token in its form (RFC 6750 section 2.2). */
  takesForms?: boolean;
  signingAlgorithms?: readonly string[] | undefined;
}

/** RFC 9728 section 2. JSON drops undefined members. */
export function resourceMetadata(described: ResourceDescription) {
  const { resource, issuer, name, scopes, takesForms, signingAlgorithms } = described;
  return {
    resource,
    authorization_servers: [issuer],
    resource_name: name,
    scopes_supported: scopes,
    bearer_methods_supported: takesForms ? ['header', 'body'] : ['header'],
    jwks_uri: signingAlgorithms && `${issuer}/oauth/jwks`,
    resource_signing_alg_values_supported: signingAlgorithms,
    dpop_signing_alg_values_supported: described.takesProofs ? dpopAlgorithms : undefined,
    dpop_bound_access_tokens_required: false,
    tls_client_certificate_bound_access_tokens: described.takesCertificates,
  };
}

/** Section 3.1: the well-known part stands between the host and the path of the resource. */
export function metadataPathOf(path: string): string {
  return `/.well-known/oauth-protected-resource${path}`;
}

/**
 * Adds to the challenges of a scope where the metadata of the route is, if it has some (section 5.1). Call it before the
 * routes are added.
 */
export function advertiseMetadata(scope: App, addressOf: (route: string) => string | undefined): void {
  scope.addHook('onSend', (request, reply, _payload, done) => {
    if (reply.statusCode < 400) return done();
    const challenge = reply.getHeader('www-authenticate');
    const address = addressOf(request.routeOptions.url ?? '');
    if (address !== undefined && typeof challenge === 'string' && /^(?:Bearer|DPoP) /.test(challenge))
      reply.header('www-authenticate', `${challenge}, resource_metadata="${address}"`);
    done();
  });
}
