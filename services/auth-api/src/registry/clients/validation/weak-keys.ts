/** Finds the keys of a registration that prove nothing, among those that are new in it. */
import { X509Certificate } from 'node:crypto';
import { weaknessOfCertificate } from '@gatehouse/service-kit/crypto';
import type { JSONWebKeySet } from 'jose';
import { jwkWeakness } from '../../../core/assertions/jwk-weakness.ts';
import type { Client } from '../client.ts';

type Registered = Pick<Client, 'jwks' | 'jwtBearer' | 'samlBearer'>;

interface HeldKey {
  field: string;
  text: string;
  weakness(): string | undefined;
}

/** Keys that were registered before such keys were refused stay in the registration; another check decides whether they are used. */
export function newWeakKeys(client: Registered, before: Registered): [field: string, weakness: string][] {
  const known = new Set(keysIn(before).map(({ text }) => text));
  return keysIn(client).flatMap(({ field, text, weakness }) => {
    const found = known.has(text) ? undefined : weakness();
    return found === undefined ? [] : [[field, found]];
  });
}

function keysIn({ jwks, jwtBearer, samlBearer }: Registered): HeldKey[] {
  return [
    ...keysOf(jwks, 'jwks'),
    ...jwtBearer.issuers.flatMap((issuer, index) => keysOf(issuer.jwks, `jwtBearer.issuers.${index}.jwks`)),
    ...samlBearer.issuers.flatMap(({ certificates }, index) =>
      certificates.map((pem, at) => ({
        field: `samlBearer.issuers.${index}.certificates.${at}`,
        text: pem,
        weakness: () => weaknessOfCertificate(new X509Certificate(pem)),
      })),
    ),
  ];
}

function keysOf(jwks: JSONWebKeySet | undefined, field: string): HeldKey[] {
  return (jwks?.keys ?? []).map((key, index) => ({
    field: `${field}.keys.${index}`,
    // Another name or purpose makes no other key.
    text: [key.kty, key.crv, key.n, key.e, key.x, key.y].join(' '),
    weakness: () => jwkWeakness(key),
  }));
}
