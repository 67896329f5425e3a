/** Keeps a path that is written in a second way from the router: a rule by path in front of the service does not recognise it. */

/** RFC 3986 section 2.3: letters, digits, `-`, `.`, `_` and `~` mean the same encoded and not, and the router decodes them. */
const encodedUnreserved = '%(?:2[de]|3\\d|4[1-9a-f]|5[\\daf]|6[1-9a-f]|7[\\dae])';
/** A proxy that decodes once more sees `/`, `.` or a backslash, which some read as a slash. */
const hiddenSeparator = '%(?:25)+(?:2[ef]|5c)|%5c|\\\\';
/** Section 5.2.4: clients remove them before they send. */
const dotSegment = '(?:/|%2f)\\.{1,2}(?:/|%2f|$)';

const secondSpelling = new RegExp([encodedUnreserved, hiddenSeparator, dotSegment].join('|'), 'i');

/**
 * RFC 9112 section 3.2: clients send the path and the query alone. A scheme and a host in front of them are for proxies, and would
 * be taken for the address of this server; a fragment is no part of a request.
 */
const otherForm = /^(?!\/)|#/;

/** No URL, so the router refuses it before any hook or handler of a route runs. */
const unroutable = '/%';

/** For `rewriteUrl` of every listener. */
export function plainUrl({ url = '/' }: { url?: string | undefined }): string {
  return otherForm.test(url) || secondSpelling.test(pathOf(url)) ? unroutable : url;
}

/** The path without its query, which may carry a code or a token. */
export function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}
