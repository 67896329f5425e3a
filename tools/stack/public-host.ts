/** Decides by which addresses the public host is called, and makes the certificate for them. */
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { StackOptions } from './options.ts';
import { loadCertificate } from './state/certificate.ts';
import type { StatePaths } from './state/paths.ts';

export type PublicHost = ReturnType<typeof choosePublicHost>;

export function choosePublicHost({ tls, publicUrl }: StackOptions, gatewayPort: number, paths: StatePaths) {
  /**
   * Where the gateway listens; also its public address unless something stands in front of it. A name, because an
   * IP address can have no passkeys (WebAuthn level 3 section 5.1.2).
   */
  const localUrl = `${tls ? 'https' : 'http'}://localhost:${gatewayPort}`;
  const addresses = { localUrl, publicUrl: publicUrl ?? localUrl };
  if (!tls) return { ...addresses, caFile: undefined, identity: undefined };
  // Also by the names of this machine, so that the certificate fits however the gateway is called.
  const hosts = new Set(['localhost', '127.0.0.1', new URL(addresses.publicUrl).hostname]);
  const { caFile, ca, identity } = loadCertificate(paths, [...hosts]);
  // This process calls the gateway too: for the demo data and from the playground.
  setDefaultCACertificates([...getCACertificates('default'), ca]);
  return { ...addresses, caFile, identity };
}
