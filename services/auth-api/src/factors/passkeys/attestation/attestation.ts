/** Judges what an authenticator says of its make (WebAuthn section 6.5): dropped where nobody asked for it, proved by metadata where policy wants it. */
import { X509Certificate } from 'node:crypto';
import { SettingsService } from '@simplewebauthn/server';
import { decodeAttestationObject, isoCBOR } from '@simplewebauthn/server/helpers';
import type { PasskeyPolicy } from '../policy.ts';
import { refused } from '../refusals.ts';
import { leadsTo } from './certificate-path.ts';
import type { Metadata } from './metadata.ts';

// The library would ask the network for lists of revoked certificates as soon as it has roots. It verifies the signature of the
// statement; the path of the certificates is followed here.
for (const identifier of ['apple', 'android-key', 'android-safetynet'] as const)
  SettingsService.setRootCertificates({ identifier, certificates: [] });

/** Not among them: `android-key`, for which the library believes the root that the statement brings, and calls what its certificates name. */
const formats = ['packed', 'tpm', 'apple'];

/** The attestation object as policy lets it be verified, in base64url. @throws AppError (403); Error for bytes that are none */
export function admittedAttestation(attestationObject: string, policy: PasskeyPolicy): string {
  const decoded = decodeAttestationObject(new Uint8Array(Buffer.from(attestationObject, 'base64url')));
  if (policy.attestation === 'none') {
    const bare = new Map<string, unknown>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', decoded.get('authData')],
    ]);
    return Buffer.from(isoCBOR.encode(bare as Parameters<typeof isoCBOR.encode>[0])).toString('base64url');
  }
  const format = decoded.get('fmt');
  if (!formats.includes(format))
    throw refused('passkey_not_attested', `the attestation has the format ${format}`);
  return attestationObject;
}

interface AttestedModel {
  aaguid: string;
  /** The statement that the library has verified. */
  attestationObject: Uint8Array;
  policy: PasskeyPolicy;
  /** Absent: the operator gave none. */
  metadata: Metadata | undefined;
  nowMs: number;
}

/** @throws AppError (403) for a model that is not proved, or not accepted */
export function requireModel({ aaguid, attestationObject, policy, metadata, nowMs }: AttestedModel): void {
  if (policy.attestation === 'none') return;
  const { models } = policy.attestation.direct;
  const refuse = (why: string) => refused('passkey_not_attested', `the model ${aaguid} ${why}`);
  if (metadata === undefined) throw refuse('cannot be looked up: the operator gave no FIDO metadata');
  const model = metadata.models.get(aaguid);
  if (model === undefined) throw refuse('is not in the FIDO metadata');
  const statement = decodeAttestationObject(new Uint8Array(attestationObject)).get('attStmt');
  // Without certificates the passkey has signed for itself, which everything can do.
  const path = (statement.get('x5c') ?? []).map((certificate) => new X509Certificate(certificate));
  if (!leadsTo(model.roots, path, nowMs)) throw refuse('is not what its certificates say');
  if (model.warning !== undefined) throw refused('passkey_model_refused', `${aaguid} has ${model.warning}`);
  if (models !== undefined && !models.some((one) => one.toLowerCase() === aaguid))
    throw refused('passkey_model_refused', `${aaguid} is not among the models of the contact centre`);
}
