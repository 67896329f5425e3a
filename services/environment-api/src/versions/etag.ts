/** Entity tags (RFC 9110 sections 8.8.3 and 13): how writers notice each other and pollers spare the body. */
import { preconditionFailed } from '@gatehouse/service-kit/errors/app-error';

export function etagOf(version: number): string {
  return `"${version}"`;
}

/** Tag of what a contact centre has and inherits. */
export function effectiveEtagOf(version: number, inheritedVersion: number): string {
  return `"${version}-${inheritedVersion}"`;
}

/** Tag of everything there is: what an import replaces. */
export function estateEtagOf(latestChange: number): string {
  return `"estate-${latestChange}"`;
}

/** Tag of a list: the number of the newest change there was before the list was read. */
export function listEtagOf(latestChange: number): string {
  return `W/"list-${latestChange}"`;
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
  // The tag of effective settings names what they inherit behind a hyphen, which a writer does not change.
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
