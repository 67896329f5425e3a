/** Defines the settings of the HTTP listeners and of TLS at the service itself. */
import { z } from 'zod';
import { isTooWide, networkOf } from './networks.ts';
import { overrideSetting, read, setting } from './setting.ts';

export interface TlsFiles {
  certFile?: string | undefined;
  keyFile?: string | undefined;
  /** Requests a certificate from callers; whether one is needed is decided by the client's registration. */
  clientCertificates: boolean;
  /** How often the files are checked for a renewal. */
  checkIntervalMs?: number;
}

const allowWideTrustedProxies = overrideSetting({
  env: 'GATEHOUSE_ALLOW_WIDE_TRUSTED_PROXIES',
  doc: 'Permits trusted proxies in very wide ranges. A caller in one of them invents its address and so escapes every limit by address.',
});

export function httpSettings(defaults: { port: number; managementPort: number }) {
  return {
    host: setting(z.string().default('0.0.0.0'), {
      env: 'GATEHOUSE_HTTP_HOST',
      doc: 'Address the API listens on.',
    }),
    port: setting(read.port().default(defaults.port), {
      env: 'GATEHOUSE_HTTP_PORT',
      doc: 'TCP port of the API; 0 takes a free one.',
    }),
    managementHost: setting(z.string().default('0.0.0.0'), {
      env: 'GATEHOUSE_MANAGEMENT_HOST',
      doc: 'Address the management server listens on. Keep it off the public network.',
    }),
    managementPort: setting(read.port().default(defaults.managementPort), {
      env: 'GATEHOUSE_MANAGEMENT_PORT',
      doc: 'TCP port of /health, /healthz, /readyz, /metrics and /info; 0 takes a free one.',
    }),
    trustedProxies: setting(
      read
        .list()
        .default([] as string[])
        .superRefine(requireNetworks) as z.ZodType<string[]>,
      {
        env: 'GATEHOUSE_TRUSTED_PROXIES',
        doc: 'Addresses or CIDR ranges of the proxies whose X-Forwarded-For is trusted; none by default.',
        example: '10.0.0.0/8',
        weakness: { of: wideNetworks, override: allowWideTrustedProxies },
      },
    ),
    allowWideTrustedProxies,
    tls: {
      certFile: setting(z.string().min(1).optional(), {
        env: 'GATEHOUSE_TLS_CERT_FILE',
        doc: 'Certificate of the API in PEM, with its intermediate certificates. With it the API speaks HTTPS. A renewed file is loaded without a restart.',
        example: '/etc/gatehouse/tls/tls.crt',
      }),
      keyFile: setting(z.string().min(1).optional(), {
        env: 'GATEHOUSE_TLS_KEY_FILE',
        doc: 'Its private key in PEM.',
        example: '/etc/gatehouse/tls/tls.key',
      }),
      clientCertificates: setting(read.boolean().default(false), {
        env: 'GATEHOUSE_TLS_CLIENT_CERTIFICATES',
        doc: 'Requests a certificate from callers, to which their tokens may be bound (RFC 8705). Callers without one are served too.',
      }),
    },
    bodyLimitBytes: setting(read.integer(1024, 16_777_216).default(65_536), {
      env: 'GATEHOUSE_BODY_LIMIT_BYTES',
      doc: 'Maximum size of a request body, in bytes; a larger one gets 413.',
    }),
    logRequests: setting(z.enum(['failures', 'all']).default('failures'), {
      env: 'GATEHOUSE_LOG_REQUESTS',
      doc: '`failures` logs each request that was answered with 400 or above, `all` logs every request. Metrics count all requests in both cases.',
    }),
    requestTimeoutMs: setting(read.integer(1000, 600_000).default(30_000), {
      env: 'GATEHOUSE_REQUEST_TIMEOUT_MS',
      doc: 'Time a client has to send its whole request, in milliseconds.',
    }),
    drainDelayMs: setting(read.integer(0, 120_000).default(5000), {
      env: 'GATEHOUSE_DRAIN_DELAY_MS',
      doc: 'Time after SIGTERM in which requests are still accepted while readiness is off, in milliseconds.',
    }),
    shutdownTimeoutMs: setting(read.integer(1000, 600_000).default(25_000), {
      env: 'GATEHOUSE_SHUTDOWN_TIMEOUT_MS',
      doc: 'Time after SIGTERM at which the process ends even with requests in flight, in milliseconds.',
    }),
  };
}

/** The listener for the other services of this installation. */
export function internalSettings(defaults: { port: number }) {
  return {
    host: setting(z.string().default('0.0.0.0'), {
      env: 'GATEHOUSE_INTERNAL_HOST',
      doc: 'Address the listener for the other services of this installation listens on. Keep it off the public network.',
    }),
    port: setting(read.port().default(defaults.port), {
      env: 'GATEHOUSE_INTERNAL_PORT',
      doc: 'TCP port of that listener, which serves the internal routes alone; 0 takes a free one. It speaks HTTPS where the API does.',
    }),
    onPublicPort: overrideSetting({
      env: 'GATEHOUSE_INTERNAL_ON_PUBLIC_PORT',
      doc: 'Deprecated. Serves the internal routes also on the port of the API, to callers without a proxy in between, while services of the release before call there.',
    }),
  };
}

/** Returns one sentence for each contradiction between the settings. */
export function tlsProblems({ certFile, keyFile, clientCertificates }: TlsFiles): string[] {
  if ((certFile === undefined) !== (keyFile === undefined)) {
    return [
      'GATEHOUSE_TLS_CERT_FILE (http.tls.certFile) and GATEHOUSE_TLS_KEY_FILE (http.tls.keyFile): give both or none',
    ];
  }
  return clientCertificates && certFile === undefined
    ? [
        'GATEHOUSE_TLS_CLIENT_CERTIFICATES (http.tls.clientCertificates): needs GATEHOUSE_TLS_CERT_FILE, or a proxy that ends TLS',
      ]
    : [];
}

function requireNetworks(texts: readonly string[], context: z.RefinementCtx): void {
  for (const text of texts) {
    if (networkOf(text) === undefined)
      context.addIssue({
        code: 'custom',
        message: `${text} is neither an address nor a range: write it like 10.0.0.0/8`,
      });
  }
}

function wideNetworks(texts: readonly string[]): string | undefined {
  const wide = texts.find((text) => {
    const network = networkOf(text);
    return network !== undefined && isTooWide(network);
  });
  return wide === undefined ? undefined : `trusts ${wide}: name the addresses of your proxies`;
}
