/** Calls Auth API as the console's client: `@fastify/oauth2` for the grants, introspection for who the person is. */

import type { FastifyOAuth2Options, OAuth2Namespace } from '@fastify/oauth2';
import { type HttpClient, UpstreamError } from '@gatehouse/api-client/http';
import {
  consoleClientId,
  consoleLinkGrantType,
  consoleLinkParameters,
  consoleScope,
  introspectionAnswerSchema,
} from '@gatehouse/contracts/auth-api';
import { consoleClientSecrets, type Secret } from '@gatehouse/service-kit/crypto';
import { AppError, unavailable } from '@gatehouse/service-kit/errors';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ownCookie } from '../pages/own-cookie.ts';
import type { Session } from './session.ts';
import { type Binding, stateLifeMs } from './sign-in-state.ts';

/** As discovery says; a test compares them. They are not discovered, because Auth UI starts without Auth API. */
export const endpoints = {
  authorization: '/auth/v3/oauth/authorize',
  token: '/auth/v3/oauth/token',
  introspection: '/auth/v3/oauth/introspect',
  revocation: '/auth/v3/oauth/revoke',
};

const tokenAnswerSchema = z.object({
  access_token: z.string(),
  expires_in: z.number(),
  refresh_token: z.string().optional(),
});

/** The tokens that a grant gave. */
export type TokenAnswer = z.infer<typeof tokenAnswerSchema>;

interface AuthorizationServerOptions {
  publicUrl: string;
  /** Where this process reaches the public endpoints of Auth API. */
  authApiUrl: string;
  timeoutMs: number;
  serviceSecret: Secret;
  /** Authenticates as the console's client. */
  asConsole: HttpClient;
  binding: Binding;
}

export type AuthorizationServer = ReturnType<typeof createAuthorizationServer>;

export function createAuthorizationServer(options: AuthorizationServerOptions) {
  const { asConsole } = options;
  let loading: Promise<OAuth2Namespace> | undefined;

  function client(): Promise<OAuth2Namespace> {
    loading ??= loadPlugin(options).catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  }

  return {
    async authorizationUri(request: FastifyRequest, reply: FastifyReply): Promise<string> {
      return (await client()).generateAuthorizationUri(request, reply);
    },

    /** Undefined: the code is used, too old or of another browser. @throws what `checkStateFunction` throws; AppError */
    async redeem(request: FastifyRequest, reply: FastifyReply) {
      return granted((await client()).getAccessTokenFromAuthorizationCodeFlow(request, reply));
    },

    /** Undefined: the session behind the token has ended. @throws AppError */
    async renew(refreshToken: string) {
      const token = {
        refresh_token: refreshToken,
        access_token: '',
        token_type: 'Bearer' as const,
        expires_in: 0,
        expires_at: new Date(0),
      };
      return granted((await client()).getNewAccessTokenUsingRefreshToken(token, {}));
    },

    /** Undefined: the link is unknown, used or too old. `visitorAddress`: whose guesses are counted. @throws UpstreamError */
    async redeemLink(
      code: string,
      { visitorAddress, requestId }: { visitorAddress: string; requestId: string },
    ) {
      try {
        return await asConsole.read(tokenAnswerSchema, {
          path: endpoints.token,
          form: {
            grant_type: consoleLinkGrantType,
            code,
            [consoleLinkParameters.visitorAddress]: visitorAddress,
          },
          headers: { 'x-request-id': requestId },
        });
      } catch (error) {
        if (error instanceof UpstreamError && error.status === 400) return undefined;
        throw error;
      }
    },

    /** Ends the tokens of this authorization. @throws UpstreamError */
    async revoke({
      accessToken,
      refreshToken: token = accessToken,
    }: Pick<Session, 'accessToken' | 'refreshToken'>): Promise<void> {
      await asConsole.send({ path: endpoints.revocation, form: { token }, maySendTwice: true });
    },

    /** Undefined: the token has ended. @throws UpstreamError */
    async whoIs(accessToken: string) {
      const answer = await asConsole.read(introspectionAnswerSchema, {
        path: endpoints.introspection,
        form: { token: accessToken, token_type_hint: 'access_token' },
        // A question: it changes nothing.
        maySendTwice: true,
      });
      return answer.active && 'token_type' in answer ? answer : undefined;
    },
  };
}

/** Only who opens the console needs it, and it is a sixth of this program (docs/contributing/decisions/memory-of-a-service.md). */
async function loadPlugin({
  publicUrl,
  authApiUrl,
  timeoutMs,
  serviceSecret,
  binding,
}: AuthorizationServerOptions): Promise<OAuth2Namespace> {
  const { default: oauth2 } = await import('@fastify/oauth2');
  const [secret] = consoleClientSecrets(serviceSecret);
  // An application that listens takes no more plugins. This one only holds the plugin.
  const holder = fastify();
  await holder.register(oauth2, {
    ...binding,
    name: 'gatehouse',
    credentials: {
      client: { id: consoleClientId, secret },
      auth: {
        authorizeHost: publicUrl,
        authorizePath: endpoints.authorization,
        tokenHost: authApiUrl,
        tokenPath: endpoints.token,
        revokePath: endpoints.revocation,
      },
      http: { timeout: timeoutMs },
    },
    scope: [...consoleScope],
    pkce: 'S256',
    verifierCookieName: ownCookie(publicUrl, 'gatehouse-console-verifier').name,
    cookie: { path: '/', secure: publicUrl.startsWith('https:'), maxAge: stateLifeMs / 1_000 },
  } as FastifyOAuth2Options);
  return holder.getDecorator<OAuth2Namespace>('gatehouse');
}

/** Undefined: Auth API refused the grant. */
async function granted(call: Promise<{ token: unknown }>): Promise<TokenAnswer | undefined> {
  try {
    return tokenAnswerSchema.parse((await call).token);
  } catch (error) {
    if (isRefusedGrant(error)) return undefined;
    throw asAppError(error);
  }
}

/** Errors of simple-oauth2 are those of Boom. */
interface TokenError {
  output?: { statusCode?: number };
  data?: { payload?: { error?: unknown } };
}

function isRefusedGrant(error: unknown): boolean {
  return (error as TokenError).data?.payload?.error === 'invalid_grant';
}

function asAppError(error: unknown): unknown {
  const { output, data } = error as TokenError;
  const status = output?.statusCode;
  // Not of a call.
  if (status === undefined) return error;
  // No answer counts as 502 or 504 there.
  if (status >= 500 || status === 429) return unavailable('Auth API', { cause: error, retryAfterSeconds: 2 });
  const detail = `Auth API refused the console with ${status} ${String(data?.payload?.error)}: is the service client the same in both?`;
  return new AppError('upstream_refused', 500, 'The console is not set up correctly', { detail });
}
