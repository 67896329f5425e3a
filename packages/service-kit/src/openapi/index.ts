/** Names what others may use of OpenAPI documents. */
export { type Answer, inlined, type OpenApiDocument, type Operation, type Schema } from './document.ts';
