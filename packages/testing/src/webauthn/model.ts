/** A model of authenticators that can prove its make, and the metadata of models as the FIDO Alliance publishes it (MDS 3). */
import { createPrivateKey, type KeyObject, randomBytes, sign } from 'node:crypto';
import { type Authority, createAuthority } from '../keys/certificates.ts';

export interface AttestingModel {
  aaguid: Buffer;
  /** As it is written in metadata and in lists. */
  name: string;
  authority: Authority;
  /** The statement of the format `packed` over what was signed. */
  attest(signed: Buffer): { alg: number; sig: Buffer; x5c?: Buffer[] };
}

const derOf = (pem: string) => Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');

/** `isForged`: its certificate is of an authority that nobody knows. `signsItself`: without certificates. */
export function createModel({
  isForged = false,
  aaguid = randomBytes(16),
}: {
  isForged?: boolean;
  aaguid?: Buffer;
} = {}): AttestingModel {
  const authority = createAuthority('maker of authenticators');
  const { cert, key } = (
    isForged ? createAuthority('maker of authenticators') : authority
  ).issueAttestation();
  const privateKey: KeyObject = createPrivateKey(key);
  const hex = aaguid.toString('hex');
  return {
    aaguid,
    name: hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
    authority,
    attest: (signed) => ({ alg: -7, sig: sign('sha256', signed, privateKey), x5c: [derOf(cert)] }),
  };
}

/** `statuses`: what the alliance reports of the models, by their names. `nextUpdate`: 30 days from now, unless given. */
export function metadataBlobOf(
  alliance: Authority,
  models: readonly AttestingModel[],
  statuses: Readonly<Record<string, string>> = {},
  nextUpdate = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10),
): string {
  const { cert, key } = alliance.issue({ names: ['mds.example'] });
  const header = { alg: 'ES256', typ: 'JWT', x5c: [derOf(cert).toString('base64')] };
  const payload = {
    no: 1,
    nextUpdate,
    entries: models.map(({ name, authority }) => ({
      aaguid: name,
      metadataStatement: {
        description: 'a model of the tests',
        attestationRootCertificates: [derOf(authority.cert).toString('base64')],
      },
      statusReports: [{ status: statuses[name] ?? 'FIDO_CERTIFIED_L1' }],
    })),
  };
  const text = [header, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}
