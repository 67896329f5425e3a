/** Makes a change of a list only while the list is as it was read. */
import { type HttpClient, withHeaders } from '@gatehouse/api-client/http';

/** A server that sends no tag compares nothing. */
export function ifMatch(http: HttpClient, etag: string): HttpClient {
  return etag === '' ? http : withHeaders(http, { 'if-match': etag });
}
