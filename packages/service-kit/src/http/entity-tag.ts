/** Entity tags (RFC 9110 sections 8.8.3 and 13): how writers notice each other and pollers spare the body. */
import { preconditionFailed } from '../errors/app-error.ts';

export function etagOf(version: number): string {
  return `"${version}"`;
}

/** Tag of what shows more than its own version: what it inherits, or when it was used. */
export function effectiveEtagOf(version: number, furtherVersion: number): string {
  return `"${version}-${furtherVersion}"`;
}

/** Whether If-None-Match names what the caller already has, which makes the answer 304. */
export function isFresh(ifNoneMatch: string | undefined, etag: string): boolean {
  return ifNoneMatch !== undefined && names(ifNoneMatch, etag);
}

/**
 * If-Match: absent means "whatever is there".
 * @throws AppError 412
 */
export function requireMatch(ifMatch: string | undefined, version: number): void {
  // What an effective tag names behind its hyphen is no writer's business.
  const own = ifMatch?.replace(/(?<="\d+)-\d+(?=")/g, '');
  if (own === undefined || names(own, etagOf(version))) return;
  throw preconditionFailed(
    `If-Match does not name the present version ${etagOf(version)}: somebody else has changed it. Read it again, then repeat the change`,
    { field: 'If-Match' },
  );
}

// A proxy that compresses answers turns our tags into weak ones; the version inside still tells the truth,
// so the weak comparison (section 8.8.3.2) is right for If-Match too.
function names(header: string, etag: string): boolean {
  const wanted = opaque(etag);
  return header.split(',').some((part) => part.trim() === '*' || opaque(part.trim()) === wanted);
}

function opaque(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag;
}
