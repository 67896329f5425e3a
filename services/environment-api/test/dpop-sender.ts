/** A caller that proves its key for each request (RFC 9449). */
import { generateKeyPairSync, sign } from 'node:crypto';
import { randomToken, sha256 } from '@gatehouse/service-kit/crypto';

export interface DpopSender {
  /** Thumbprint of the key (RFC 7638). */
  jkt: string;
  /** The headers that present a token; members of `claims` replace those of a good proof. */
  present(token: string, claims?: Record<string, unknown>): { authorization: string; dpop: string };
}

export function createDpopSender(address: string): DpopSender {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { crv, kty, x, y } = publicKey.export({ format: 'jwk' });
  const jwk = { crv, kty, x, y };
  return {
    jkt: sha256(JSON.stringify(jwk)),
    present(token, claims = {}) {
      const payload = {
        jti: randomToken(16),
        iat: Math.floor(Date.now() / 1000),
        htm: 'GET',
        htu: address,
        ath: sha256(token),
        ...claims,
      };
      const signed = [{ typ: 'dpop+jwt', alg: 'ES256', jwk }, payload]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.');
      const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
      return { authorization: `DPoP ${token}`, dpop: `${signed}.${signature.toString('base64url')}` };
    },
  };
}
