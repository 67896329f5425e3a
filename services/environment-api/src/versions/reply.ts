/** Answers that carry an entity tag, and the short answer for a caller who has the same already. */
import { isFresh } from '@gatehouse/service-kit/http/entity-tag';

interface Reply {
  header(name: string, value: string): unknown;
  code(status: number): { send(): unknown };
}

/** Tags the answer. True: 304 was sent, and the handler is done. */
export function sendUnchanged(
  request: { headers: { 'if-none-match'?: string | undefined } },
  reply: unknown,
  etag: string,
): boolean {
  const answer = reply as Reply;
  answer.header('etag', etag);
  // Kept by the caller alone, and asked about every time.
  answer.header('cache-control', 'private, no-cache');
  answer.header('vary', 'authorization, origin');
  if (!isFresh(request.headers['if-none-match'], etag)) return false;
  answer.code(304).send();
  return true;
}
