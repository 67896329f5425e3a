/** TLS client certificates (RFC 8705): from our own TLS socket, or as a trusted proxy tells them in a header. */
import { createHash, X509Certificate } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import { LRUCache } from 'lru-cache';
import type { SenderRequest } from './sender.ts';

/**
 * How a proxy writes the certificate: `pem` percent-encoded (nginx), `xfcc` as Envoy does, `rfc9440` as the standard
 * header Client-Cert.
 */
export const certificateFormats = ['pem', 'xfcc', 'rfc9440'] as const;
export type CertificateFormat = (typeof certificateFormats)[number];

export interface ClientCertificates {
  /** Whether any could ever be seen. */
  readonly areSeen: boolean;
  /** `x5t#S256` of the certificate whose key the sender has proved to hold. */
  thumbprintOf(request: SenderRequest): string | undefined;
}

export interface ClientCertificatesOptions {
  fromSocket: boolean;
  header?: { name: string; format: CertificateFormat } | undefined;
  /** Addresses and CIDR ranges: from anybody else the header is as if it were not there. */
  trustedProxies: readonly string[];
}

const longestHeader = 16_384;

export function createClientCertificates(options: ClientCertificatesOptions): ClientCertificates {
  const { fromSocket, header } = options;
  const trusted = listOf(options.trustedProxies);
  // A client comes with the same certificate again and again.
  const known = new LRUCache<string, string>({ max: 1000 });

  function ofHeader(request: SenderRequest, name: string, format: CertificateFormat): string | undefined {
    const value = request.headers[name];
    // Node joins repeated headers: only one certificate is nobody else's.
    if (typeof value !== 'string' || value.length > longestHeader) return undefined;
    if (!isTrusted(trusted, request.socket?.remoteAddress)) return undefined;
    const cached = known.get(value);
    if (cached !== undefined) return cached;
    const made = readers[format](value);
    if (made !== undefined) known.set(value, made);
    return made;
  }

  return {
    areSeen: fromSocket || header !== undefined,
    thumbprintOf(request) {
      if (header !== undefined) return ofHeader(request, header.name, header.format);
      return fromSocket ? ofSocket(request) : undefined;
    },
  };
}

function ofSocket({ socket }: SenderRequest): string | undefined {
  const raw = socket?.getPeerCertificate?.()?.raw;
  return raw === undefined ? undefined : thumbprint(raw);
}

const readers: Record<CertificateFormat, (value: string) => string | undefined> = {
  pem: (value) => ofPem(decoded(value)),
  xfcc: ofForwarded,
  rfc9440: (value) => {
    const base64 = /^:([A-Za-z0-9+/]+={0,2}):$/.exec(value)?.[1];
    return base64 === undefined ? undefined : ofCertificate(Buffer.from(base64, 'base64'));
  },
};

/** One element; each proxy on the way would have added its own, and only the first of them saw the client. */
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

function ofCertificate(encoded: string | Buffer): string | undefined {
  try {
    return thumbprint(new X509Certificate(encoded).raw);
  } catch {
    return undefined;
  }
}

function thumbprint(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('base64url');
}

function isTrusted(list: BlockList, address: string | undefined): boolean {
  const family = isIP(address ?? '');
  return address !== undefined && family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    const type = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, type);
    else list.addSubnet(address, Number(prefix), type);
  }
  return list;
}
