/** Describes the TLS of the links of an environment: what administrators send, and what is told about each field. */
import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { field } from '../resource/field.ts';
import { freeText, label } from '../text.ts';

const certificateBlock = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
const hostName = /^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$/;

/** Keeps the certificates and drops the comments that programs write around them. */
function certificates(maxLength: number) {
  return freeText(maxLength).transform((text, context) => {
    const problem = certificateProblem(text);
    if (problem !== undefined) {
      context.addIssue({ code: 'custom', message: problem });
      return z.NEVER;
    }
    return `${blocksOf(text).join('\n')}\n`;
  });
}

const mutual = {
  cert: field(certificates(16_384), {
    label: 'Client certificate',
    help: 'Certificate that is shown to the servers, in PEM, its chain after it.',
    group: 'encryption',
  }),
  key: field(freeText(16_384).min(1, 'must not be empty').optional(), {
    label: 'Private key of the client certificate',
    help: 'Its private key, in PEM, without a passphrase. Write-only; may be left out while it stays.',
    group: 'encryption',
    isSecret: true,
  }),
};

export const mutualTlsSchema = z.object(mutual);

export const tlsFields = {
  ca: field(certificates(32_768).nullish(), {
    label: 'Certificate authorities',
    help: "Authorities of the servers' certificates, in PEM; those of the system without it.",
    group: 'encryption',
    isClearable: true,
  }),
  serverName: field(label().regex(hostName, 'must be a host name or an IP address').nullish(), {
    label: 'Name in the certificate',
    help: "Name in the servers' certificates, where it is not the address.",
    group: 'encryption',
    isClearable: true,
  }),
  mutual: field(mutualTlsSchema.nullish(), {
    label: 'Client certificate',
    help: 'For servers that ask for a client certificate.',
    group: 'encryption',
    isClearable: true,
  }),
};

function blocksOf(text: string): string[] {
  return text.match(certificateBlock) ?? [];
}

function certificateProblem(text: string): string | undefined {
  if (text.includes('PRIVATE KEY-----'))
    return 'must hold certificates alone: a private key goes into tls.mutual.key';
  const blocks = blocksOf(text);
  if (blocks.length === 0) return 'must be in PEM: -----BEGIN CERTIFICATE----- …';
  const wrong = blocks.findIndex((block) => !isCertificate(block));
  return wrong === -1 ? undefined : `has no certificate in the PEM block number ${wrong + 1}`;
}

function isCertificate(block: string): boolean {
  try {
    new X509Certificate(block);
    return true;
  } catch {
    return false;
  }
}
