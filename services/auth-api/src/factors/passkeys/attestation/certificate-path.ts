/** Follows certificates up to one that is trusted. Lists of revoked ones are not asked for: nothing is fetched for a certificate that a stranger sends. */
import type { X509Certificate } from 'node:crypto';

/** `path`: the certificate and those that issued it. */
export function leadsTo(
  roots: readonly X509Certificate[],
  path: readonly X509Certificate[],
  nowMs: number,
): boolean {
  for (const [index, certificate] of path.entries()) {
    if (!isCurrent(certificate, nowMs)) return false;
    // Metadata may name the certificate of a model itself.
    if (roots.some(({ fingerprint256 }) => fingerprint256 === certificate.fingerprint256)) return true;
    if (roots.some((root) => isCurrent(root, nowMs) && hasIssued(root, certificate))) return true;
    const next = path[index + 1];
    if (next === undefined || !hasIssued(next, certificate)) return false;
  }
  return false;
}

function hasIssued(issuer: X509Certificate, certificate: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function isCurrent({ validFromDate, validToDate }: X509Certificate, nowMs: number): boolean {
  return validFromDate.getTime() <= nowMs && nowMs <= validToDate.getTime();
}
