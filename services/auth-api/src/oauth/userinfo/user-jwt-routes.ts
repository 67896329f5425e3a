/** Serves the compat endpoints that return the user of an access token as a JWT for another service. */

import { oauthErrorHandler } from '@gatehouse/caller-auth/oauth-errors';
import { readAccessToken } from '@gatehouse/caller-auth/sender-constraint';
import { emptyEnvelope, securityError } from '@gatehouse/contracts/answers';
import { type App, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import type { ConvertedTokens } from '../token/exchange/converted-tokens.ts';
import type { UserInfo, UserTokens } from './userinfo.ts';

interface UserJwtRoutesDeps {
  userTokens: UserTokens;
  userInfo: UserInfo;
  convertedTokens: ConvertedTokens;
}

const tags = ['userinfo'];
const refusals = { 400: securityError, 401: securityError, 403: securityError, 503: securityError };

/** Existing gateways read this header. */
const userHeader = 'X-GWS-User';

export function userJwtRoutes(app: App, { userTokens, userInfo, convertedTokens }: UserJwtRoutesDeps): void {
  app.setErrorHandler(oauthErrorHandler);
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('cache-control', 'no-store').header('pragma', 'no-cache');
    done();
  });

  app.get(
    '/oauth/convert-token',
    {
      schema: {
        operationId: 'convertToken',
        tags,
        summary: 'A JWT that the jwt-bearer grant takes once, within a minute, in place of the access token',
        response: { 200: z.object({ jwtToken: z.string() }), ...refusals },
      },
    },
    async (request) => {
      const record = await userTokens.require({ sender: request });
      const { token } = readAccessToken(request);
      return { jwtToken: await convertedTokens.make(token, record) };
    },
  );

  app.get(
    '/jwt-userinfo',
    {
      schema: {
        operationId: 'readUserJwt',
        tags,
        summary: `The user of the access token as a signed JWT, in the header ${userHeader}`,
        response: { 200: emptyEnvelope, ...refusals },
      },
    },
    async (request, reply) => {
      reply.header(userHeader, await userInfo.userJwt({ sender: request }));
      return ok();
    },
  );
}
