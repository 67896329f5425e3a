/** Describes the protected resources of this service that return the user of a token (RFC 9728). */
import { resourceMetadata } from '@gatehouse/caller-auth/sender-constraint';
import { openidScope } from '../../core/protocol/parameters.ts';
import { claimScopes } from '../../core/protocol/user-claims.ts';
import { openIdUserInfoPath, userInfoPaths } from '../userinfo/paths.ts';

export type UserResources = ReturnType<typeof userResources>;

/** Each address is below the issuer, whatever host a request named: a forged one must not lead clients elsewhere. */
export function userResources(issuer: string, { certificates }: { certificates: boolean }) {
  const { origin } = new URL(issuer);
  return userInfoPaths.map((path) => ({
    path,
    resource: `${origin}${path}`,
    metadata: (signingAlgorithms: readonly string[]) =>
      resourceMetadata({
        resource: `${origin}${path}`,
        issuer,
        name: 'User information',
        takesProofs: true,
        takesCertificates: certificates,
        scopes: [openidScope, ...claimScopes],
        takesForms: path === openIdUserInfoPath,
        signingAlgorithms: path === openIdUserInfoPath ? signingAlgorithms : undefined,
      }),
  }));
}
