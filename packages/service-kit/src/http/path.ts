/** Paths for logs and messages. */

/** The path without its query, which may carry a code or a token. */
export function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}
