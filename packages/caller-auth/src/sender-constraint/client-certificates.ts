/** Reads TLS client certificates (RFC 8705) from the TLS socket, or from a header that a trusted proxy sends. */
import { createHash, X509Certificate } from 'node:crypto';
import { membersOf } from '@gatehouse/service-kit/config';
import { weaknessOf } from '@gatehouse/service-kit/crypto';
import { LRUCache } from 'lru-cache';
import type { SenderRequest } from './sender.ts';

/**
 * Formats of the header: `pem` percent-encoded (nginx), `xfcc` (Envoy), `rfc9440` (the standard header Client-Cert).
 */
export const certificateFormats = ['pem', 'xfcc', 'rfc9440'] as const;
export type CertificateFormat = (typeof certificateFormats)[number];

export type ClientCertificates = ReturnType<typeof createClientCertificates>;

interface ClientCertificatesOptions {
  fromSocket: boolean;
  header?: { name: string; format: CertificateFormat } | undefined;
  /** Addresses and CIDR ranges; the header is ignored when it comes from another address. */
  trustedProxies: readonly string[];
}

const maxHeaderLength = 16_384;

export function createClientCertificates(options: ClientCertificatesOptions) {
  const { fromSocket, header } = options;
  const isTrusted = membersOf(options.trustedProxies);
  // A client sends the same certificate with every request.
  const known = new LRUCache<string, string>({ max: 1000 });
  const ofRaw = new LRUCache<string, { isUsable: boolean }>({ max: 1000 });

  function ofSocket({ socket }: SenderRequest): string | undefined {
    const raw = socket?.getPeerCertificate?.()?.raw;
    if (raw === undefined) return undefined;
    const digest = thumbprint(raw);
    const seen = ofRaw.get(digest) ?? { isUsable: ofCertificate(raw) === digest };
    ofRaw.set(digest, seen);
    return seen.isUsable ? digest : undefined;
  }

  function ofHeader(request: SenderRequest, name: string, format: CertificateFormat): string | undefined {
    const value = request.headers[name];
    // Node.js joins repeated headers; the formats below accept only one certificate.
    if (typeof value !== 'string' || value.length > maxHeaderLength) return undefined;
    if (!isTrusted(request.socket?.remoteAddress)) return undefined;
    const cached = known.get(value);
    if (cached !== undefined) return cached;
    const made = readers[format](value);
    if (made !== undefined) known.set(value, made);
    return made;
  }

  return {
    /** Whether this installation can see certificates at all. */
    areSeen: fromSocket || header !== undefined,
    /** Returns `x5t#S256` of the certificate whose key the sender has proved to hold. */
    thumbprintOf(request: SenderRequest): string | undefined {
      if (header !== undefined) return ofHeader(request, header.name, header.format);
      return fromSocket ? ofSocket(request) : undefined;
    },
  };
}

const readers: Record<CertificateFormat, (value: string) => string | undefined> = {
  pem: (value) => ofPem(decoded(value)),
  xfcc: ofForwarded,
  rfc9440: (value) => {
    const base64 = /^:([A-Za-z0-9+/]+={0,2}):$/.exec(value)?.[1];
    return base64 === undefined ? undefined : ofCertificate(Buffer.from(base64, 'base64'));
  },
};

/** Accepts one element: each proxy adds its own, and only the first proxy saw the client. */
function ofForwarded(value: string): string | undefined {
  const quoted = /"(?:[^"\\]|\\.)*"/g;
  if (value.replace(quoted, '').includes(',')) return undefined;
  const certificate = /(?:^|;)Cert="([^"]*)"/i.exec(value)?.[1];
  return certificate === undefined ? undefined : ofPem(decoded(certificate));
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function ofPem(pem: string | undefined): string | undefined {
  return pem?.startsWith('-----BEGIN CERTIFICATE-----') ? ofCertificate(pem) : undefined;
}

/** Undefined too where its key proves nothing about the sender. */
function ofCertificate(encoded: string | Uint8Array): string | undefined {
  try {
    const certificate = new X509Certificate(encoded);
    const weakness = weaknessOf(certificate.publicKey, { isOfRequest: true });
    return weakness === undefined ? thumbprint(certificate.raw) : undefined;
  } catch {
    return undefined;
  }
}

function thumbprint(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('base64url');
}
