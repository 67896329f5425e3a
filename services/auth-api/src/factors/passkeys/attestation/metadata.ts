/** Reads the models of authenticators from the metadata of the FIDO Alliance (MDS 3), a file that the operator gives. */
import { X509Certificate } from 'node:crypto';
import { SettingsService } from '@simplewebauthn/server';
import { compactVerify, decodeProtectedHeader } from 'jose';
import { z } from 'zod';
import { leadsTo } from './certificate-path.ts';

export interface Model {
  roots: readonly X509Certificate[];
  /** The report of the alliance by which a model must not be trusted any more. */
  warning: string | undefined;
}

export interface Metadata {
  models: ReadonlyMap<string, Model>;
  /** When the alliance publishes the next one, as a date. */
  nextUpdate: string;
}

/** FIDO Metadata Service 3.0, section 3.1.4, and REVOKED of the certification. */
const warnings = [
  'USER_VERIFICATION_BYPASS',
  'ATTESTATION_KEY_COMPROMISE',
  'USER_KEY_REMOTE_COMPROMISE',
  'USER_KEY_PHYSICAL_COMPROMISE',
  'REVOKED',
];

const payloadSchema = z.object({
  nextUpdate: z.iso.date(),
  entries: z.array(
    z.object({
      aaguid: z.guid().optional(),
      metadataStatement: z.object({ attestationRootCertificates: z.array(z.string()) }).optional(),
      statusReports: z.array(z.object({ status: z.string() })),
    }),
  ),
});

/** The certificates that the library has of the alliance's own authority. */
const allianceRoots = () => SettingsService.getRootCertificates({ identifier: 'mds' });

/** `blob`: as it is downloaded, a signed JWT. @throws Error that says what is wrong with it */
export async function readMetadata(
  blob: string,
  nowMs: number,
  rootsInPem: readonly string[] = allianceRoots(),
): Promise<Metadata> {
  const { x5c = [] } = decodeProtectedHeader(blob.trim());
  const path = x5c.map((certificate) => new X509Certificate(Buffer.from(certificate, 'base64')));
  const [signer] = path;
  const roots = rootsInPem.map((pem) => new X509Certificate(pem));
  if (signer === undefined || !leadsTo(roots, path, nowMs))
    throw new Error('its certificate does not lead to the authority of the FIDO Alliance, or has expired');
  const { payload } = await compactVerify(blob.trim(), signer.publicKey, { algorithms: ['ES256', 'RS256'] });
  const { entries, nextUpdate } = payloadSchema.parse(JSON.parse(Buffer.from(payload).toString()));
  const models = new Map<string, Model>();
  for (const { aaguid, metadataStatement, statusReports } of entries) {
    if (aaguid === undefined || metadataStatement === undefined) continue;
    const roots = metadataStatement.attestationRootCertificates.map(
      (certificate) => new X509Certificate(Buffer.from(certificate, 'base64')),
    );
    const warning = statusReports.find(({ status }) => warnings.includes(status))?.status;
    models.set(aaguid.toLowerCase(), { roots, warning });
  }
  return { models, nextUpdate };
}
