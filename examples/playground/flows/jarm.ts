/** Gets its authorization response as a signed JWT (JARM), checks it, and redeems the code when told to. */
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import type { Caller } from '../calls/make.ts';
import { type Credentials, secret } from '../calls/secret.ts';
import type { Issuer } from '../issuer.ts';
import type { Visit } from '../visit.ts';
import { beginCodeRequest, redeemCall, requestParameters } from './code-request.ts';

interface JarmDependencies {
  issuer: Issuer;
  caller: Caller;
  client: Credentials;
  url: string;
}

export function createJarm({ issuer, caller, client, url }: JarmDependencies) {
  return {
    /** Pushes the request (RFC 9126); returns where to send the browser. */
    async begin(visit: Visit): Promise<string> {
      const request = beginCodeRequest(`${url}/jarm/callback`);
      visit.jarm = { request, checks: [] };
      visit.calls.jarm = [];
      const parameters = requestParameters(request, client, 'openid profile');
      const { request_uri: requestUri } = await caller.make(visit.calls.jarm, {
        kind: 'pushed request',
        what: 'The request, pushed',
        method: 'POST',
        url: issuer.pushed_authorization_request_endpoint,
        client,
        form: { ...parameters, response_mode: 'jwt' },
      });
      const query = new URLSearchParams({ client_id: client.id, request_uri: String(requestUri) });
      return `${issuer.authorization_endpoint}?${query}`;
    },

    /** Nothing in the response counts before its signature has been checked. */
    async arrive(visit: Visit, { response = '' }: Record<string, string>): Promise<void> {
      const { jarm } = visit;
      if (!jarm) throw new Error('this sign-in was not started in this browser');
      const keys = await caller.make(visit.calls.jarm, {
        kind: 'keys',
        what: 'The keys of the issuer',
        method: 'GET',
        url: issuer.jwks_uri,
        client,
      });
      const verify = (jwt: string) =>
        jwtVerify(jwt, createLocalJWKSet(keys as unknown as JSONWebKeySet), {
          issuer: issuer.issuer,
          audience: client.id,
          requiredClaims: ['exp'],
        });
      const { payload } = await verify(response);
      if (payload['state'] !== jarm.request.state) throw new Error('this answer belongs to another sign-in');
      if (payload['error'] !== undefined)
        throw new Error(`${payload['error']}: ${payload['error_description'] ?? 'no description'}`);
      const changed = await verify(withOtherCode(response)).then(
        () => 'accepted',
        (error: Error) => error.message,
      );
      const { alg, kid } = decodeProtectedHeader(response);
      jarm.response = response;
      jarm.claims = payload;
      jarm.checks = [
        { text: 'The signature fits', detail: `${alg}, key ${kid}` },
        { text: 'It comes from the server that was asked', detail: `iss ${payload.iss}` },
        { text: 'It is for this application', detail: `aud ${payload.aud}` },
        {
          text: 'It is fresh',
          detail: `exp is ${Number(payload.exp) - Math.round(Date.now() / 1000)} s ahead`,
        },
        { text: 'It answers this request', detail: 'state is the one that was sent' },
        { text: 'With another code in it, it is refused', detail: changed },
      ];
      const code = String(payload['code']);
      const arrival = { response: secret('RESPONSE', response) };
      jarm.redeem = redeemCall(issuer, client, jarm.request, code, arrival);
    },

    async redeem(visit: Visit): Promise<void> {
      const { jarm } = visit;
      if (!jarm?.redeem) throw new Error('there is no code to redeem');
      const call = jarm.redeem;
      delete jarm.redeem;
      const tokens = await caller.make(visit.calls.jarm, call);
      const [, payload = ''] = String(tokens['id_token']).split('.');
      jarm.claimsOfIdToken = JSON.parse(Buffer.from(payload, 'base64url').toString());
    },
  };
}

/** Puts another code under the signature of a response, as an attacker on the way would. */
function withOtherCode(jwt: string): string {
  const [header, payload = '', signature] = jwt.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const changed = Buffer.from(JSON.stringify({ ...claims, code: 'a-code-of-the-attacker' }));
  return [header, changed.toString('base64url'), signature].join('.');
}
