/** Verifies what an authenticator has signed, without any store: the library, and what it leaves to its callers. */

import type { AuthenticationAnswer, RegistrationAnswer } from '@gatehouse/contracts/auth-api';
import { AppError } from '@gatehouse/service-kit/errors';
import {
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type WebAuthnCredential,
} from '@simplewebauthn/server';
import { admittedAttestation, requireModel } from './attestation/attestation.ts';
import type { Metadata } from './attestation/metadata.ts';
import { algorithms, type NewPasskey, type Use } from './passkey.ts';
import type { PasskeyPolicy } from './policy.ts';
import { keyProblemOf } from './public-key.ts';
import { refused } from './refusals.ts';
import type { Party } from './relying-party.ts';

interface Registration {
  answer: RegistrationAnswer;
  /** The one that was taken for this answer. */
  challenge: string;
  party: Party;
  policy: PasskeyPolicy;
  metadata: Metadata | undefined;
  nowMs: number;
}

/** @throws AppError for an answer that makes no passkey */
export async function verifyRegistration(registration: Registration): Promise<NewPasskey> {
  const { answer, challenge, party, policy, metadata, nowMs } = registration;
  const { registrationInfo: info } = await valid(async () => {
    const attestationObject = admittedAttestation(answer.response.attestationObject, policy);
    return verifyRegistrationResponse({
      ...expectedOf(challenge, party),
      response: {
        ...answer,
        response: { clientDataJSON: answer.response.clientDataJSON, attestationObject },
        clientExtensionResults: {},
      },
      supportedAlgorithmIDs: algorithms,
    });
  });
  if (info === undefined) throw refused('passkey_invalid', 'the attestation is not signed by its key');
  const { credential, aaguid, userVerified, credentialDeviceType, credentialBackedUp } = info;
  if (credential.id !== answer.id)
    throw refused('passkey_invalid', 'the answer names another passkey than its authenticator');
  const problem = await valid(async () => keyProblemOf(credential.publicKey));
  if (problem !== undefined) throw refused('passkey_invalid', `the public key ${problem}`);
  requireModel({ aaguid, attestationObject: info.attestationObject, policy, metadata, nowMs });
  const isEligible = credentialDeviceType === 'multiDevice';
  if (isEligible && policy.syncedPasskeys === 'refused') throw refused('passkey_synced');
  return {
    id: Buffer.from(credential.id, 'base64url'),
    publicKey: Buffer.from(credential.publicKey),
    aaguid,
    transports: answer.response.transports ?? [],
    isAttested: policy.attestation !== 'none',
    isVerified: userVerified,
    isEligible,
    isSynced: credentialBackedUp,
    counter: credential.counter,
  };
}

interface Authentication {
  answer: AuthenticationAnswer;
  challenge: string;
  party: Party;
  /** The stored one: a public key in the answer is nothing. */
  passkey: { id: Buffer; publicKey: Buffer; isEligible: boolean };
}

/** The counter is for the caller to judge. @throws AppError for an answer that the passkey has not signed */
export async function verifyAuthentication(authentication: Authentication): Promise<Use> {
  const { answer, challenge, party, passkey } = authentication;
  const { clientDataJSON, authenticatorData, signature } = answer.response;
  // With its stored counter the library throws before it looks at the signature, and would lock out passkeys that are synced.
  const credential: WebAuthnCredential = {
    id: answer.id,
    publicKey: new Uint8Array(passkey.publicKey),
    counter: 0,
  };
  const { verified, authenticationInfo: info } = await valid(() =>
    verifyAuthenticationResponse({
      ...expectedOf(challenge, party),
      response: {
        ...answer,
        response: { clientDataJSON, authenticatorData, signature },
        clientExtensionResults: {},
      },
      credential,
    }),
  );
  if (!verified) throw refused('passkey_invalid', 'the signature is not of the passkey');
  const isEligible = info.credentialDeviceType === 'multiDevice';
  // WebAuthn section 6.1.3: it is fixed when the passkey is made.
  if (isEligible !== passkey.isEligible)
    throw refused('passkey_invalid', 'the passkey says otherwise than before whether it may be synced');
  return {
    isVerified: info.userVerified,
    isEligible,
    isSynced: info.credentialBackedUp,
    counter: info.newCounter,
  };
}

/** The library would demand user verification: here it decides what the passkey counts for. */
const expectedOf = (challenge: string, { rpId, origin }: Party) => ({
  expectedChallenge: challenge,
  expectedOrigin: origin,
  expectedRPID: rpId,
  requireUserVerification: false,
});

/** The library throws errors of any kind for bytes that others have made. */
async function valid<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw refused('passkey_invalid', (error as Error).message, error);
  }
}
