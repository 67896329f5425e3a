/** Makes and compares entity tags (RFC 9110 sections 8.8.3 and 13), for conditional writes and 304 answers. */
import { sha256 } from '../crypto/secrets.ts';
import { preconditionFailed } from '../errors/app-error.ts';

export function etagOf(version: number): string {
  return `"${version}"`;
}

/** Tag of a view that depends on more than its own version: inherited values, or the last use. */
export function effectiveEtagOf(version: number, furtherVersion: number): string {
  return `"${version}-${furtherVersion}"`;
}

/** Tag of a list without a version of its own: changes with what is given of each row, in whatever order they are. */
export function listEtagOf(rows: readonly string[]): string {
  return `"${sha256(JSON.stringify(rows.toSorted()))}"`;
}

/** Whether If-None-Match names the current tag, so that the answer is 304. */
export function isFresh(ifNoneMatch: string | undefined, etag: string): boolean {
  return ifNoneMatch !== undefined && names(ifNoneMatch, etag);
}

/**
 * Without If-Match every version is accepted.
 * @throws AppError 412
 */
export function requireMatch(ifMatch: string | undefined, version: number): void {
  // A writer compares only its own version, not what an effective tag has after the hyphen.
  requireTag(ifMatch?.replace(/(?<="\d+)-\d+(?=")/g, ''), etagOf(version));
}

/**
 * Without If-Match every tag is accepted.
 * @throws AppError 412
 */
export function requireTag(ifMatch: string | undefined, etag: string): void {
  if (ifMatch === undefined || names(ifMatch, etag)) return;
  throw preconditionFailed(
    `If-Match does not name the present version ${etag}: somebody else has changed it. Read it again, then repeat the change`,
    { field: 'If-Match' },
  );
}

// A proxy that compresses answers makes the tags weak; the version in them stays right, so the weak comparison
// (section 8.8.3.2) serves If-Match too.
function names(header: string, etag: string): boolean {
  const wanted = opaque(etag);
  return header.split(',').some((part) => part.trim() === '*' || opaque(part.trim()) === wanted);
}

function opaque(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag;
}
