/** Grants and bindings that rest on another token or on a signature of the caller. */
import { randomUUID, sign } from 'node:crypto';
import type { BenchStack } from '../bench-stack.ts';
import { formOf } from '../requests.ts';
import { peerRequest, type Row, tokenRequest } from './row.ts';

export const tokenExchangeRow: Row = {
  name: 'token_exchange',
  floor: 'redis-set-3',
  mustToFormPost: 0.15,
  aimToFloor: 0.3,
  async plan(stack) {
    const { access_token: subject } = await stack.token(stack.login);
    const form = formOf({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: subject,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    });
    return tokenRequest(stack, form);
  },
};

/** Each assertion is verified, used up on all replicas, and its user looked up at the Configuration Server. */
export const jwtBearerRow: Row = {
  name: 'jwt_bearer',
  floor: 'redis-set-2',
  mustToFormPost: 0.1,
  aimToFloor: 0.2,
  async plan(stack) {
    const form = () => assertionForm(stack);
    return tokenRequest(stack, { first: form, next: form });
  },
};

/** Each proof is verified and used up on all replicas. */
export const dpopRow: Row = {
  name: 'client_credentials_dpop',
  floor: 'redis-set-2',
  mustToFormPost: 0.12,
  aimToFloor: 0.3,
  plan: async (stack) => ({
    ...tokenRequest(stack, 'grant_type=client_credentials'),
    headersOfEach: () => ({ dpop: proof(stack, `${stack.issuer}/oauth/token`) }),
  }),
  peer: async (stack) => ({
    ...peerRequest(stack, 'token', 'grant_type=client_credentials'),
    headersOfEach: () => ({ dpop: proof(stack, `${stack.peer.url}/token`) }),
  }),
};

function assertionForm(stack: BenchStack): string {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const claims = {
    iss: stack.signer.issuer,
    sub: stack.user.name,
    aud: stack.issuer,
    iat: nowSeconds,
    exp: nowSeconds + 300,
    jti: randomUUID(),
  };
  return formOf({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: jwt(stack, { alg: 'ES256', typ: 'JWT', kid: stack.signer.kid }, claims),
  });
}

function proof(stack: BenchStack, htu: string): string {
  const claims = {
    jti: randomUUID(),
    iat: Math.floor(Date.now() / 1000),
    htm: 'POST',
    htu,
  };
  return jwt(stack, { alg: 'ES256', typ: 'dpop+jwt', jwk: stack.signer.publicJwk }, claims);
}

function jwt({ signer }: BenchStack, header: object, claims: object): string {
  const input = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = sign('sha256', Buffer.from(input), { key: signer.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}
