/** Composes the endpoints that return the user of an access token. */
import type { App } from '@gatehouse/service-kit/http';
import type { Assertions } from '../../core/assertions/compose.ts';
import type { Core, Domain } from '../../core/domain.ts';
import type { SigningKeyParts } from '../../keys/signing-keys/compose.ts';
import type { Clients } from '../../registry/clients/compose.ts';
import type { Tokens } from '../../tokens/compose.ts';
import type { Token } from '../token/compose.ts';
import { advertiseUserInfo } from './paths.ts';
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

export function composeUserinfo({ issuer, isCompat, now }: Core, dependencies: UserinfoDependencies) {
  const { directory } = dependencies.clients;
  const { signer } = dependencies.signingKeys;
  const { encryptFor } = dependencies.assertions;
  const { convertedTokens } = dependencies.token;
  const userTokens = createUserTokens(dependencies.tokens.resources);
  const userInfo = createUserInfo({
    userTokens,
    directory,
    signer,
    encryptFor,
    issuer,
    now,
    showsEverything: isCompat,
  });
  const jwtRoutes = (app: App) => {
    advertiseUserInfo(app, issuer);
    userJwtRoutes(app, { userTokens, userInfo, convertedTokens });
  };
  const routes = (app: App) => {
    advertiseUserInfo(app, issuer);
    return userinfoRoutes(app, { userInfo });
  };
  return {
    mounts: [
      ['holders of tokens', '/auth/v3', jwtRoutes],
      ['holders of tokens', '/auth/v3', routes],
    ],
  } satisfies Domain;
}
