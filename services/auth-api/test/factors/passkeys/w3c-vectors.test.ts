/** The test vectors of Web Authentication Level 3 (W3C, section 16), each verified as an answer of a browser is. */

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { authenticationAnswerSchema, registrationAnswerSchema } from '@gatehouse/contracts/auth-api';
import { describe, expect, it } from 'vitest';
import type { Metadata } from '../../../src/factors/passkeys/attestation/metadata.ts';
import { challengeOf } from '../../../src/factors/passkeys/client-data.ts';
import type { PasskeyPolicy } from '../../../src/factors/passkeys/policy.ts';
import { verifyAuthentication, verifyRegistration } from '../../../src/factors/passkeys/verification.ts';

interface Vector {
  section: string;
  name: string;
  id: string;
  registration: { challenge: string; clientDataJSON: string; attestationObject: string };
  authentication: { challenge: string; clientDataJSON: string; authenticatorData: string; signature: string };
}

const { root, vectors } = JSON.parse(readFileSync(new URL('w3c-vectors.json', import.meta.url), 'utf8')) as {
  root: string;
  vectors: Vector[];
};

const party = { rpId: 'example.org', origin: 'https://example.org' };
const none: PasskeyPolicy = { attestation: 'none', syncedPasskeys: 'allowed', hints: [] };
const direct: PasskeyPolicy = { ...none, attestation: { direct: {} } };
const roots = [new X509Certificate(Buffer.from(root, 'base64url'))];
/** Knows every model. */
const metadata = {
  models: { get: () => ({ roots, warning: undefined }) } as unknown as Metadata['models'],
  nextUpdate: '3024-01-01',
};

async function register({ id, registration }: Vector, policy: PasskeyPolicy) {
  const { challenge, ...response } = registration;
  const answer = registrationAnswerSchema.parse({ id, rawId: id, type: 'public-key', response });
  const { clientDataJSON } = answer.response;
  expect(challengeOf(clientDataJSON, { type: 'webauthn.create', origin: party.origin })).toBe(challenge);
  return verifyRegistration({ answer, challenge, party, policy, metadata, nowMs: Date.now() });
}

async function authenticate(
  { id, authentication }: Vector,
  passkey: { id: Buffer; publicKey: Buffer; isEligible: boolean },
) {
  const { challenge, ...response } = authentication;
  const answer = authenticationAnswerSchema.parse({ id, rawId: id, type: 'public-key', response });
  const { clientDataJSON } = answer.response;
  expect(challengeOf(clientDataJSON, { type: 'webauthn.get', origin: party.origin })).toBe(challenge);
  return verifyAuthentication({ answer, challenge, party, passkey });
}

/** Those that are made on our own page, with an algorithm that is offered. */
const accepted = vectors.filter(({ name }) => !/crossOrigin|topOrigin|ES384|ES512/.test(name));
const named = (name: string) => vectors.find((vector) => vector.name === name) as Vector;

describe('the vectors of the W3C', () => {
  it.each(accepted.map((vector) => [vector.name, vector] as const))(
    'make and use the passkey %s',
    async (_name, vector) => {
      const made = await register(vector, none);
      const [signed] = [vector.authentication.authenticatorData].map((text) =>
        Buffer.from(text, 'base64url'),
      );
      const flags = signed?.readUInt8(32) ?? 0;

      expect(made.id.toString('base64url')).toBe(vector.id);
      expect(await authenticate(vector, made)).toEqual({
        isVerified: (flags & 4) > 0,
        isEligible: (flags & 8) > 0,
        isSynced: (flags & 16) > 0,
        counter: 0,
      });
    },
  );

  it.each(['packed.ES256', 'packed.EdDSA', 'apple.ES256'])('prove the model of %s', async (name) => {
    expect(await register(named(name), direct)).toMatchObject({ isAttested: true });
  });

  it.each(['none.ES256', 'packed-self.ES256', 'android-key.ES256', 'fido-u2f.ES256'])(
    'prove no model with %s',
    async (name) => {
      await expect(register(named(name), direct)).rejects.toMatchObject({ name: 'passkey_not_attested' });
    },
  );

  it.each(['none.ES256.crossOrigin', 'none.ES256.topOrigin'])('are refused in a frame: %s', async (name) => {
    await expect(register(named(name), none)).rejects.toMatchObject({ name: 'passkey_foreign_page' });
    const passkey = { id: Buffer.alloc(32), publicKey: Buffer.alloc(77), isEligible: false };
    await expect(authenticate(named(name), passkey)).rejects.toMatchObject({ name: 'passkey_foreign_page' });
  });

  it('do not prove a TPM of a maker that does not exist', async () => {
    await expect(register(named('tpm.ES256'), direct)).rejects.toMatchObject({
      name: 'passkey_invalid',
      detail: expect.stringContaining('id:00000000'),
    });
  });

  it.each(['packed.ES384', 'packed.ES512'])(
    'are refused with an algorithm that was not offered: %s',
    async (name) => {
      await expect(register(named(name), none)).rejects.toMatchObject({ name: 'passkey_invalid' });
    },
  );
});
