/** Defines the settings of TLS client certificates (RFC 8705) and DPoP nonces (RFC 9449). */
import { read, setting } from '@gatehouse/service-kit/config';
import { z } from 'zod';
import {
  type CertificateFormat,
  certificateFormats,
  createClientCertificates,
} from './client-certificates.ts';

export const certificateHeaderSettings = {
  header: setting(
    z
      .string()
      .regex(/^[a-z0-9-]{1,64}$/, 'must be a header name in small letters')
      .optional(),
    {
      env: 'GATEHOUSE_CLIENT_CERTIFICATE_HEADER',
      doc: 'Header in which a trusted proxy passes the certificate of its caller. The proxy must replace what the caller sends under that name.',
      example: 'x-ssl-client-cert',
    },
  ),
  headerFormat: setting(z.enum(certificateFormats).default('pem'), {
    env: 'GATEHOUSE_CLIENT_CERTIFICATE_FORMAT',
    doc: '`pem` percent-encoded as nginx writes `$ssl_client_escaped_cert`, `xfcc` as Envoy writes X-Forwarded-Client-Cert, `rfc9440` as the standard Client-Cert.',
  }),
};

export const dpopNonceSetting = setting(read.boolean().default(false), {
  env: 'GATEHOUSE_DPOP_REQUIRE_NONCE',
  doc: 'Every DPoP proof must carry a nonce of this server. Then no proof can be made in advance; it costs one more request now and then.',
});

interface CertificateConfig {
  http: { trustedProxies: readonly string[]; tls: { clientCertificates: boolean } };
  mtls: { header: string | undefined; headerFormat: CertificateFormat };
}

/** Returns one sentence for each contradiction. Without trusted proxies, any caller could present the certificate of another. */
export function certificateHeaderProblems({ http, mtls }: CertificateConfig): string[] {
  return mtls.header !== undefined && http.trustedProxies.length === 0
    ? [
        'GATEHOUSE_CLIENT_CERTIFICATE_HEADER (mtls.header): needs GATEHOUSE_TRUSTED_PROXIES, the proxies that may send it',
      ]
    : [];
}

export function clientCertificatesOf({ http, mtls }: CertificateConfig) {
  const { header, headerFormat: format } = mtls;
  return createClientCertificates({
    fromSocket: http.tls.clientCertificates,
    header: header === undefined ? undefined : { name: header, format },
    trustedProxies: http.trustedProxies,
  });
}
