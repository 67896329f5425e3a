/** Builds the parts that answers of all routes share: failures, entity tags and 304. */
import { errorEnvelope, securityError } from '@gatehouse/contracts/answers';
import { isFresh } from '@gatehouse/service-kit/http';

/** Response schemas of the failures that every route may answer. */
export const failures = { 401: securityError, default: errorEnvelope };

/** Entity tag of the whole configuration, which an import replaces. */
export function installationEtagOf(latestChange: number): string {
  return `"estate-${latestChange}"`;
}

/** Entity tag of a list: the number of the newest change when the list was read. */
export function listEtagOf(latestChange: number): string {
  return `W/"list-${latestChange}"`;
}

interface Reply {
  header(name: string, value: string): unknown;
  code(status: number): { send(): unknown };
}

/** Sets the entity tag and the caching headers. True: 304 was sent, and the handler must return the reply. */
export function sendUnchanged(
  request: { headers: { 'if-none-match'?: string | undefined } },
  reply: unknown,
  etag: string,
): boolean {
  const answer = reply as Reply;
  answer.header('etag', etag);
  // Only the caller may cache the answer, and must revalidate it each time.
  answer.header('cache-control', 'private, no-cache');
  answer.header('vary', 'authorization, origin');
  if (!isFresh(request.headers['if-none-match'], etag)) return false;
  answer.code(304).send();
  return true;
}
