import { createHash, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { basicAuthorization } from '@gatehouse/api-client/http';
import { createAuthority, type Identity } from '@gatehouse/testing/keys';
import { temporaryFolder } from '@gatehouse/testing/programs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { createDpopKey, provenBy } from '../stack/dpop.ts';
import { accessTokenType, exchangeGrant } from '../stack/exchange.ts';
import {
  createClient,
  getCode,
  introspect,
  type OAuthJson,
  passwordTokens,
  redirectUri,
  type TestClient,
  verifier,
} from '../stack/oauth.ts';

const authority = createAuthority();
const own = authority.issue({ names: ['client'] });
const foreign = createAuthority('a stranger').issue({ names: ['client'] });
const thumbprintOf = ({ cert }: Identity) =>
  createHash('sha256').update(new X509Certificate(cert).raw).digest('base64url');

let stack: AuthApi;
let port: number;
let bound: TestClient;
let native: TestClient;

beforeAll(async () => {
  const folder = await temporaryFolder();
  const server = authority.issue();
  writeFileSync(join(folder, 'tls.crt'), server.cert);
  writeFileSync(join(folder, 'tls.key'), server.key);
  stack = await startAuthApi({
    env: {
      GATEHOUSE_TLS_CERT_FILE: join(folder, 'tls.crt'),
      GATEHOUSE_TLS_KEY_FILE: join(folder, 'tls.key'),
      GATEHOUSE_TLS_CLIENT_CERTIFICATES: 'true',
      GATEHOUSE_MTLS_URL: 'https://mtls.login.test',
    },
  });
  await stack.app.listen({ host: '127.0.0.1', port: 0 });
  port = (stack.app.server.address() as AddressInfo).port;
  bound = await createClient(stack, { tlsClientCertificateBoundAccessTokens: true });
  native = await createClient(stack, {
    clientType: 'PUBLIC',
    authorizedGrantTypes: ['authorization_code', 'refresh_token'],
    tlsClientCertificateBoundAccessTokens: true,
  });
});
afterAll(() => stack?.close());

interface Answer {
  status: number;
  json: OAuthJson & { token_type: string };
  challenge: string | undefined;
}

function call(
  path: string,
  {
    by,
    form,
    headers = {},
  }: { by?: Identity | undefined; form?: Record<string, string>; headers?: Record<string, string> },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = httpsRequest(
      {
        ...{ host: '127.0.0.1', port, path: `/auth/v3${path}`, ca: authority.cert, servername: 'localhost' },
        ...(by === undefined ? {} : { cert: by.cert, key: by.key }),
        method: form === undefined ? 'GET' : 'POST',
        headers: {
          ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
          ...headers,
        },
        agent: false,
      },
      (response) => {
        let body = '';
        response.on('data', (chunk) => (body += chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            json: JSON.parse(body),
            challenge: response.headers['www-authenticate'],
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(form && new URLSearchParams(form).toString());
  });
}

const ask = (client: TestClient, by: Identity | undefined, form: Record<string, string>, headers = {}) =>
  call('/oauth/token', {
    by,
    form: client.clientSecret === undefined ? { client_id: client.clientId, ...form } : form,
    headers: {
      ...(client.clientSecret === undefined
        ? {}
        : { authorization: basicAuthorization(client.clientId, client.clientSecret) }),
      ...headers,
    },
  });

const ownToken = (by: Identity | undefined, headers = {}) =>
  ask(bound, by, { grant_type: 'client_credentials' }, headers);

async function userTokens(client: TestClient, by: Identity) {
  const code = await getCode(stack, createBrowser(stack.app), client, { scope: 'openid' });
  const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier };
  return (await ask(client, by, form)).json;
}

const userInfo = (token: string, by?: Identity) =>
  call('/openid/userinfo', { by, headers: { authorization: `Bearer ${token}` } });

describe('tokens that are bound to a TLS client certificate (RFC 8705 section 3)', () => {
  it('are bearer tokens whose introspection names the certificate', async () => {
    const { status, json } = await ownToken(own);

    expect([status, json.token_type]).toEqual([200, 'bearer']);
    expect(await introspect(stack, bound, json.access_token)).toMatchObject({
      active: true,
      cnf: { 'x5t#S256': thumbprintOf(own) },
    });
  });

  it('are refused as invalid_request without a certificate, and given for one of any authority', async () => {
    const { status, json } = await ownToken(undefined);

    expect([status, json.error]).toEqual([400, 'invalid_request']);
    expect((await ownToken(foreign)).status).toBe(200);
  });

  // attack: certificate-bound token with another certificate | RFC 8705 3, CVE-2023-2422 | guard: packages/caller-auth/src/sender-constraint/resource-tokens.ts
  it('are taken with the same certificate alone', async () => {
    const { access_token } = await userTokens(bound, own);

    expect((await userInfo(access_token, own)).status).toBe(200);
    for (const by of [undefined, foreign]) {
      const { status, json, challenge } = await userInfo(access_token, by);
      expect([status, json.error]).toEqual([401, 'invalid_token']);
      expect(challenge).toContain('error="invalid_token"');
    }
  });

  it('may be bound to a DPoP key as well, and then need both', async () => {
    const key = await createDpopKey();
    const { json } = await ownToken(own, await provenBy(key));

    expect(json.token_type).toBe('DPoP');
    expect(await introspect(stack, bound, json.access_token)).toMatchObject({
      cnf: { jkt: key.jkt, 'x5t#S256': thumbprintOf(own) },
    });
  });

  it('37: are taken as actor_token with the same certificate alone (RFC 8693)', async () => {
    const user = await createClient(stack);
    const desk = await createClient(stack, {
      authorizedGrantTypes: [exchangeGrant, 'client_credentials'],
      tlsClientCertificateBoundAccessTokens: true,
      tokenExchange: { subjectClients: [user.clientId], delegation: true },
    });
    const form = {
      grant_type: exchangeGrant,
      subject_token: (await passwordTokens(stack, user)).access_token,
      subject_token_type: accessTokenType,
      actor_token: (await ask(desk, own, { grant_type: 'client_credentials' })).json.access_token,
      actor_token_type: accessTokenType,
    };

    expect((await ask(desk, foreign, form)).json).toMatchObject({
      error: 'invalid_request',
      error_description: expect.stringContaining('actor_token is bound'),
    });
    expect((await ask(desk, own, form)).status).toBe(200);
  });

  it('of a public client are renewed with its certificate alone (section 4), and not rotated', async () => {
    const { refresh_token } = await userTokens(native, own);
    const refresh = (by: Identity) => ask(native, by, { grant_type: 'refresh_token', refresh_token });

    expect((await refresh(foreign)).json.error).toBe('invalid_grant');
    expect(
      await stack.deps.refusals.find({ clientId: native.clientId, contactCenterId: undefined, limit: 1 }),
    ).toMatchObject({
      requests: [{ reason: 'refresh_key_wrong', sent: { client_id: native.clientId, refresh_token: '…' } }],
    });
    expect((await refresh(own)).json.refresh_token).toBe(refresh_token);
    expect((await refresh(own)).status).toBe(200);
  });

  it('are not made for clients that did not ask for it', async () => {
    const plain = await createClient(stack);
    const { json } = await ask(plain, own, { grant_type: 'client_credentials' });

    expect(await introspect(stack, plain, json.access_token)).not.toHaveProperty('cnf');
  });

  it('are announced, with the host where certificates are asked for', async () => {
    const { json } = await call('/.well-known/openid-configuration', {});

    expect(json).toMatchObject({
      tls_client_certificate_bound_access_tokens: true,
      mtls_endpoint_aliases: {
        token_endpoint: 'https://mtls.login.test/auth/v3/oauth/token',
        userinfo_endpoint: 'https://mtls.login.test/auth/v3/openid/userinfo',
      },
    });
  });
});

describe('behind a proxy that ends TLS', () => {
  it('counts the certificate of its header, and nobody else’s', async () => {
    const replica = await startAuthApi({
      beside: stack,
      env: {
        GATEHOUSE_CLIENT_CERTIFICATE_HEADER: 'x-ssl-client-cert',
        GATEHOUSE_TRUSTED_PROXIES: '10.0.0.0/8',
      },
    });
    try {
      const askFrom = (remoteAddress: string) =>
        replica.app.inject({
          method: 'POST',
          url: '/auth/v3/oauth/token',
          remoteAddress,
          headers: {
            'content-type': 'application/x-www-form-urlencoded',
            authorization: basicAuthorization(bound.clientId, bound.clientSecret ?? ''),
            'x-ssl-client-cert': encodeURIComponent(own.cert),
          },
          payload: 'grant_type=client_credentials',
        });
      const trusted = await askFrom('10.0.0.9');

      expect(trusted.statusCode).toBe(200);
      expect((await askFrom('203.0.113.9')).json().error).toBe('invalid_request');
      // The same certificate by the socket of another replica.
      const { access_token } = trusted.json();
      expect(await introspect(stack, bound, access_token)).toMatchObject({
        cnf: { 'x5t#S256': thumbprintOf(own) },
      });
    } finally {
      await replica.close();
    }
  });
});
