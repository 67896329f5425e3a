/** Names the endpoints that return the user of a token: each is a protected resource of its own. */
import { advertiseMetadata, metadataPathOf } from '@gatehouse/caller-auth/sender-constraint';
import type { App } from '@gatehouse/service-kit/http';

export const openIdUserInfoPath = '/auth/v3/openid/userinfo';
export const userInfoPaths = [openIdUserInfoPath, '/auth/v3/userinfo', '/auth/v3/jwt-userinfo'];

/** Refusals of these endpoints name their metadata (RFC 9728 section 5.1). Call it before the routes are added. */
export function advertiseUserInfo(scope: App, issuer: string): void {
  const { origin } = new URL(issuer);
  advertiseMetadata(scope, (route) =>
    userInfoPaths.includes(route) ? `${origin}${metadataPathOf(route)}` : undefined,
  );
}
