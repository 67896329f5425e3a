/** Serves HTTPS with a certificate from files, and loads a renewed one without a restart. */
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import type { Server as HttpsServer } from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import type { TlsFiles } from '../config/http.ts';
import type { Logger } from '../observability/logging/logger.ts';
import type { App } from './app-type.ts';

/** RFC 9325 section 4.2, FAPI 2.0 section 5.2.2: forward secrecy and authenticated encryption by GCM or Poly1305, nothing else. */
const ciphers = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
].join(':');

/** For every server of ours that speaks TLS to browsers and applications. */
export const tlsVersionAndCiphers = { minVersion: 'TLSv1.2', ciphers } as const;

/** Options of the listener; undefined: plain HTTP. @throws Error that names the file which cannot be read */
export function httpsOptions({ certFile, keyFile, clientCertificates }: TlsFiles) {
  if (certFile === undefined || keyFile === undefined) return undefined;
  return {
    ...secureContext(certFile, keyFile),
    requestCert: clientCertificates,
    // Any issuer: the handshake proves the key, and a token is bound to this one certificate (RFC 8705 section 3).
    rejectUnauthorized: false,
  };
}

/** Loads renewed files; keeps the old pair while certificate and key do not match, as during a write. */
export function followTlsFiles(app: App, files: TlsFiles, log: Logger): void {
  const { certFile, keyFile, checkIntervalMs: interval = 5000 } = files;
  if (certFile === undefined || keyFile === undefined) return;
  const renew = () => {
    try {
      (app.server as unknown as HttpsServer).setSecureContext(secureContext(certFile, keyFile));
      log.info({ certFile }, 'the TLS certificate was renewed');
    } catch (error) {
      log.warn(
        { err: error, certFile, keyFile },
        'the renewed TLS certificate cannot be used: the former one stays',
      );
    }
  };
  // Polls: Kubernetes replaces mounted secrets by a link above the file, which a watcher of the file does not see.
  for (const file of [certFile, keyFile]) watchFile(file, { interval, persistent: false }, renew);
  app.addHook('onClose', async () => {
    for (const file of [certFile, keyFile]) unwatchFile(file, renew);
  });
}

function secureContext(certFile: string, keyFile: string): SecureContextOptions {
  return { cert: readFileSync(certFile), key: readFileSync(keyFile), ...tlsVersionAndCiphers };
}
