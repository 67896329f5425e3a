/** Composes the endpoints that return the user of an access token. */
import { advertiseMetadata, metadataPathOf } from '@gatehouse/caller-auth/sender-constraint';
import type { App } from '@gatehouse/service-kit/http';
import type { Assertions } from '../../core/assertions/compose.ts';
import type { Core } from '../../core/core.ts';
import type { Domain } from '../../core/domain.ts';
import type { SigningKeyParts } from '../../keys/signing-keys/compose.ts';
import type { Clients } from '../../registry/clients/compose.ts';
import type { Tokens } from '../../tokens/compose.ts';
import type { Token } from '../token/compose.ts';
import { userInfoPaths } from './paths.ts';
import { userJwtRoutes } from './user-jwt-routes.ts';
import { createUserInfo, createUserTokens } from './userinfo.ts';
import { userinfoRoutes } from './userinfo-routes.ts';

interface UserinfoDependencies {
  assertions: Assertions;
  signingKeys: SigningKeyParts;
  clients: Clients;
  tokens: Tokens;
  token: Token;
}

export function composeUserinfo(core: Core, dependencies: UserinfoDependencies) {
  const { issuer, isCompat, now } = core;
  const { signingKeys, clients, tokens, token } = dependencies;
  const userTokens = createUserTokens(tokens.resources);
  const userInfo = createUserInfo({
    userTokens,
    directory: clients.directory,
    signer: signingKeys.signer,
    encryptFor: dependencies.assertions.encryptFor,
    issuer,
    now,
    showsEverything: isCompat,
  });
  const { origin } = new URL(issuer);
  const metadataOf = (route: string) =>
    userInfoPaths.includes(route) ? `${origin}${metadataPathOf(route)}` : undefined;
  const { convertedTokens } = token;
  const jwtRoutes = (app: App) => {
    advertiseMetadata(app, metadataOf);
    userJwtRoutes(app, { userTokens, userInfo, convertedTokens });
  };
  const routes = (app: App) => {
    advertiseMetadata(app, metadataOf);
    return userinfoRoutes(app, { userInfo });
  };
  return {
    mounts: [
      ['holders of tokens', '/auth/v3', jwtRoutes],
      ['holders of tokens', '/auth/v3', routes],
    ],
  } satisfies Domain;
}
