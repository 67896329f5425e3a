/** Makes an authority for this machine and the certificate of the public host, and keeps them until they no longer fit. */
import { X509Certificate } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { createAuthority } from '@gatehouse/testing/keys';
import type { StatePaths } from './paths.ts';
import { writePrivateFile } from './private-file.ts';

const dayMs = 86_400_000;
const validDays = 365;
/** Renewed by a start in the last days, because a stack runs for weeks and not for months. */
const renewDays = 30;

/** `hosts`: the names and addresses by which the public host is called. */
export function loadCertificate({ certificates: folder }: StatePaths, hosts: string[]) {
  const files = {
    ca: join(folder, 'ca.pem'),
    cert: join(folder, 'public-host.pem'),
    key: join(folder, 'public-host-key.pem'),
  };
  if (!fits(files, hosts)) {
    mkdirSync(folder, { recursive: true });
    const validUntil = new Date(Date.now() + validDays * dayMs);
    // The authority's key is kept nowhere: whoever trusts this authority trusts this one certificate.
    const authority = createAuthority('Gatehouse on this machine', validUntil);
    const { cert, key } = authority.issue({ names: hosts, validUntil });
    writePrivateFile(files.ca, authority.cert);
    writePrivateFile(files.key, key);
    writePrivateFile(files.cert, cert);
  }
  // Browsers and programs of other accounts need the authority, also that of a release before.
  chmodSync(folder, 0o755);
  chmodSync(files.ca, 0o644);
  const read = (file: string) => readFileSync(file, 'utf8');
  return { caFile: files.ca, ca: read(files.ca), identity: { cert: read(files.cert), key: read(files.key) } };
}

function fits(files: { ca: string; cert: string; key: string }, hosts: string[]): boolean {
  if (!Object.values(files).every((file) => existsSync(file))) return false;
  const certificate = new X509Certificate(readFileSync(files.cert));
  const isKnown = (host: string) => (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host));
  return hosts.every(isKnown) && certificate.validToDate.getTime() > Date.now() + renewDays * dayMs;
}
