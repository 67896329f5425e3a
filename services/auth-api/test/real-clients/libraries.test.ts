/** Client libraries of somebody else's making, each doing its flow over HTTP. */

import { OAuth2Client } from '@badgateway/oauth2-client';
import fastifyOauth2, { type OAuth2Namespace } from '@fastify/oauth2';
import { recordForeignLibrary } from '@gatehouse/testing/foreign-software';
import fastify, { type FastifyInstance } from 'fastify';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as oauth from 'oauth4webapi';
import OAuth2Strategy, { type Attempt } from 'passport-oauth2';
import { AuthorizationCode, ClientCredentials, ResourceOwnerPassword } from 'simple-oauth2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchangeGrant, urn } from '../stack/exchange.ts';
import { followAndSignIn, type ListeningAuthApi, startListening } from '../stack/listening.ts';
import { createClient, introspect, passwordTokens, redirectUri, type TestClient } from '../stack/oauth.ts';

let stack: ListeningAuthApi;
let client: TestClient;
let secret: string;

beforeAll(async () => {
  stack = await startListening();
  // simple-oauth2 sends no code challenge.
  client = await createClient(stack, { requirePkce: false });
  secret = client.clientSecret ?? '';
});
afterAll(() => stack?.close());

const password = { username: 'demo\\agent', password: 'demo-agent-password' };
const isActive = async (value: unknown) => (await introspect(stack, client, String(value)))['active'];

describe('oauth4webapi', () => {
  recordForeignLibrary(
    'oauth4webapi',
    'signs people in, exchanges, introspects and revokes tokens of its clients',
    import.meta.url,
  );
  const insecure = { [oauth.allowInsecureRequests]: true };
  let server: oauth.AuthorizationServer;
  const relyingParty = (): oauth.Client => ({ client_id: client.clientId });

  beforeAll(async () => {
    const issuer = new URL(stack.issuer);
    const response = await oauth.discoveryRequest(issuer, insecure);
    server = await oauth.processDiscoveryResponse(issuer, response);
  });

  it('signs in with PKCE, state, nonce and max_age, and checks the ID token, its signature and userinfo', async () => {
    const [codeVerifier, state, nonce] = [
      oauth.generateRandomCodeVerifier(),
      oauth.generateRandomState(),
      oauth.generateRandomNonce(),
    ];
    const link = new URL(server.authorization_endpoint ?? '');
    link.search = new URLSearchParams({
      client_id: client.clientId,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'openid email',
      max_age: '300',
      code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    }).toString();

    const back = await followAndSignIn(stack, link);
    const parameters = oauth.validateAuthResponse(server, relyingParty(), back, state);
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      relyingParty(),
      oauth.ClientSecretBasic(secret),
      parameters,
      redirectUri,
      codeVerifier,
      insecure,
    );
    const tokens = await oauth.processAuthorizationCodeResponse(server, relyingParty(), response, {
      expectedNonce: nonce,
      maxAge: 300,
      requireIdToken: true,
    });
    await oauth.validateApplicationLevelSignature(server, response, insecure);
    const claims = oauth.getValidatedIdTokenClaims(tokens);
    const userInfo = await oauth.processUserInfoResponse(
      server,
      relyingParty(),
      claims?.sub ?? '',
      await oauth.userInfoRequest(server, relyingParty(), tokens.access_token, insecure),
    );
    expect(userInfo.email).toBe('agent@example.com');
  });

  it('exchanges a token, introspects what it got and revokes it', async () => {
    const gateway = await createClient(stack, {
      authorizedGrantTypes: [exchangeGrant],
      tokenExchange: { subjectClients: [client.clientId] },
    });
    const [party, proof] = [
      { client_id: gateway.clientId },
      oauth.ClientSecretPost(gateway.clientSecret ?? ''),
    ];
    const subject = await passwordTokens(stack, client);
    const form = new URLSearchParams({
      subject_token: subject.access_token,
      subject_token_type: urn('access_token'),
    });

    const response = await oauth.genericTokenEndpointRequest(
      server,
      party,
      proof,
      exchangeGrant,
      form,
      insecure,
    );
    const { access_token } = await oauth.processGenericTokenEndpointResponse(server, party, response);
    const facts = async () =>
      oauth.processIntrospectionResponse(
        server,
        party,
        await oauth.introspectionRequest(server, party, proof, access_token, insecure),
      );
    expect(await facts()).toMatchObject({ active: true, client_id: gateway.clientId });
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(server, party, proof, access_token, insecure),
    );
    expect(await facts()).toEqual({ active: false });
  });

  it('understands a refusal', async () => {
    const response = await oauth.clientCredentialsGrantRequest(
      server,
      relyingParty(),
      oauth.ClientSecretBasic('wrong'),
      new URLSearchParams(),
      insecure,
    );
    await expect(
      oauth.processClientCredentialsResponse(server, relyingParty(), response),
    ).rejects.toMatchObject({ code: 'OAUTH_WWW_AUTHENTICATE_CHALLENGE', status: 401 });
  });
});

describe('simple-oauth2', () => {
  recordForeignLibrary(
    'simple-oauth2',
    'signs people in, and gives tokens to its clients by four grants',
    import.meta.url,
  );
  const options = () => ({
    client: { id: client.clientId, secret },
    auth: {
      tokenHost: stack.origin,
      tokenPath: '/auth/v3/oauth/token',
      revokePath: '/auth/v3/oauth/revoke',
    },
  });

  it('redeems a code, refreshes and revokes', async () => {
    const { auth, ...rest } = options();
    const application = new AuthorizationCode({
      ...rest,
      auth: { ...auth, authorizePath: '/auth/v3/oauth/authorize' },
    });
    const link = application.authorizeURL({ redirect_uri: redirectUri, state: 's' });

    const back = await followAndSignIn(stack, link);
    const tokens = await application.getToken({
      code: back.searchParams.get('code') ?? '',
      redirect_uri: redirectUri,
    });
    const renewed = await tokens.refresh();

    expect(await isActive(renewed.token['access_token'])).toBe(true);
    await renewed.revokeAll();
    expect(await isActive(renewed.token['access_token'])).toBe(false);
  });

  it('gets tokens for itself, with a password, and by credentials in the body', async () => {
    const own = await new ClientCredentials(options()).getToken({ scope: 'read' });
    const inBody = { ...options(), options: { authorizationMethod: 'body' as const } };
    const user = await new ResourceOwnerPassword(inBody).getToken(password);

    expect(own.token['scope']).toBe('read');
    expect(await isActive(user.token['access_token'])).toBe(true);
  });
});

describe('passport-oauth2', () => {
  recordForeignLibrary('passport-oauth2', 'signs people in, with PKCE and a state', import.meta.url);
  it('signs a user in with PKCE and a state that it checks', async () => {
    const strategy = new OAuth2Strategy(
      {
        authorizationURL: `${stack.issuer}/oauth/authorize`,
        tokenURL: `${stack.issuer}/oauth/token`,
        clientID: client.clientId,
        clientSecret: secret,
        callbackURL: redirectUri,
        pkce: true,
        state: true,
      },
      (accessToken, _refreshToken, _profile, done) => done(null, { accessToken }),
    );
    const session = {};
    /** What passport does with a strategy for each request. */
    const authenticate = (query: Record<string, string>) =>
      new Promise<{ link?: string; user?: { accessToken: string } }>((resolve, reject) => {
        const attempt: Attempt = Object.create(strategy);
        attempt.redirect = (link) => resolve({ link });
        attempt.success = (user) => resolve({ user: user as { accessToken: string } });
        attempt.fail = (challenge) => reject(new Error(JSON.stringify(challenge)));
        attempt.error = reject;
        attempt.authenticate({ query, session });
      });

    const { link } = await authenticate({});
    const back = await followAndSignIn(stack, link ?? '');
    const { user } = await authenticate(Object.fromEntries(back.searchParams));

    expect(await isActive(user?.accessToken)).toBe(true);
  });
});

describe('@badgateway/oauth2-client', () => {
  recordForeignLibrary(
    '@badgateway/oauth2-client',
    'signs people in, and gives tokens to its clients by three grants',
    import.meta.url,
  );
  let library: OAuth2Client;
  beforeAll(() => {
    library = new OAuth2Client({
      server: stack.origin,
      clientId: client.clientId,
      clientSecret: secret,
      discoveryEndpoint: '/.well-known/oauth-authorization-server/auth/v3',
    });
  });

  it('discovers, redeems a code with PKCE, refreshes, introspects and revokes', async () => {
    const codeVerifier = 'c'.repeat(64);
    const where = { redirectUri, state: 'a-state', codeVerifier };
    const link = await library.authorizationCode.getAuthorizeUri(where);

    const back = await followAndSignIn(stack, link);
    const tokens = await library.authorizationCode.getTokenFromCodeRedirect(back, where);
    const renewed = await library.refreshToken(tokens);

    expect((await library.introspect(renewed)).active).toBe(true);
    await library.revoke(renewed, 'refresh_token');
    expect((await library.introspect(renewed)).active).toBe(false);
  });

  it('gets tokens for itself and with a password', async () => {
    expect(await isActive((await library.clientCredentials()).accessToken)).toBe(true);
    expect(await isActive((await library.password(password)).accessToken)).toBe(true);
  });
});

describe('@fastify/oauth2', () => {
  recordForeignLibrary('@fastify/oauth2', 'signs people in, with PKCE, and refreshes', import.meta.url);
  let application: FastifyInstance;
  afterAll(() => application?.close());

  it('discovers, signs a user in with PKCE and refreshes', async () => {
    application = fastify();
    await application.register(fastifyOauth2, {
      name: 'gatehouse',
      credentials: { client: { id: client.clientId, secret } },
      startRedirectPath: '/sign-in',
      callbackUri: redirectUri,
      scope: ['openid'],
      pkce: 'S256',
      discovery: { issuer: stack.issuer },
    });
    const gatehouse = () => (application as FastifyInstance & { gatehouse: OAuth2Namespace }).gatehouse;
    application.get('/callback', async (request) => {
      const { token } = await gatehouse().getAccessTokenFromAuthorizationCodeFlow(request);
      return (await gatehouse().getNewAccessTokenUsingRefreshToken(token, {})).token;
    });

    const start = await application.inject('/sign-in');
    const back = await followAndSignIn(stack, String(start.headers.location));
    const answer = await application.inject({
      url: `/callback${back.search}`,
      cookies: Object.fromEntries(start.cookies.map(({ name, value }) => [name, value])),
    });

    expect(answer.statusCode).toBe(200);
    expect(await isActive(answer.json().access_token)).toBe(true);
  });
});

describe('jose', () => {
  recordForeignLibrary('jose', 'has its ID tokens verified by the published keys', import.meta.url);
  it('verifies an ID token by the published keys', async () => {
    const { id_token } = await passwordTokens(stack, client, { scope: 'openid' });
    const keys = createRemoteJWKSet(new URL(`${stack.issuer}/oauth/jwks`));

    const { payload, protectedHeader } = await jwtVerify(id_token, keys, {
      issuer: stack.issuer,
      audience: client.clientId,
    });

    expect(payload.sub).toBeDefined();
    expect(protectedHeader.alg).toBe('RS256');
  });
});
