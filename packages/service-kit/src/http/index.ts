/** Names what others may use of an HTTP application, its routes and its process. */

export { createApp } from './app.ts';
export type { App } from './app-type.ts';
export { acceptJsonAs } from './bodies.ts';
export { keepChosenLanguage } from './chosen-language.ts';
export {
  closeDomains,
  compositionOf,
  type Domain,
  mountsOf,
  readinessChecks,
  reencryptDomains,
  type ServicesOf,
  startSteps,
} from './composition.ts';
export { currentCorrelationId, currentRequest, nameVisitor } from './correlation.ts';
export {
  allowEveryOrigin,
  type CorsCaller,
  type CorsOptions,
  enforceCors,
  isCrossOrigin,
  type KnownOrigins,
  nameCorsCaller,
  nameNobody,
} from './cors.ts';
export { createDrain } from './drain.ts';
export { effectiveEtagOf, etagOf, isFresh, listEtagOf, requireMatch, requireTag } from './entity-tag.ts';
export { ok } from './envelope.ts';
export { answerInteractionIds } from './interaction-id.ts';
export { hideFromProxies } from './internal.ts';
export { wrongMethod } from './known-paths.ts';
export {
  countQuery,
  cutPage,
  namedKey,
  namedKeyOf,
  namedOrdinalKey,
  ordinalKey,
  type Page,
  pageQuery,
  placeOf,
  type Rows,
  readPage,
  refuseCursor,
  type Sort,
  sortQuery,
} from './page.ts';
export { openApiOf, runService } from './process/run.ts';
export type { Kit, LogShipping } from './process/service.ts';
export { sendRows } from './row-export.ts';
export { describedApi } from './served-description.ts';
export { tlsVersionAndCiphers } from './tls.ts';
export { createProxyWatch } from './untrusted-proxy.ts';
export { visitorAddressOf } from './visitor-address.ts';
