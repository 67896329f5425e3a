/** Names what others may use of the HTTP client, its failures and the addresses that it may call. */
export { type AddressPolicy, createAddressPolicy, urlProblem } from './address-policy.ts';
/** @public The compiler names it in types that it infers. */
export type { HttpResponse } from './http-client.ts';
export {
  basicAuthorization,
  createHttpClient,
  type HttpClient,
  type HttpRequest,
  withHeaders,
  withRequests,
} from './http-client.ts';
export { isLoopbackHost } from './loopback.ts';
export { isOfReadOnlyRegion, reasonOf, UpstreamError } from './upstream-error.ts';
