/** Names what others may use of configuration as code: documents, their schemas, requests and plans. */
export {
  type ApplyRequest,
  applyRequestSchema,
  configurationStateSchema,
  differenceOf,
  documentsSchema,
  maxApplyBytes,
  type Plan,
  type PlannedChange,
  planSchema,
} from './apply.ts';
export { areOverlapping, fieldsOf, isSameValue, type Spec, valueAt } from './comparison.ts';
export {
  type Document,
  type DocumentInput,
  documentApiVersion,
  documentKey,
  documentSchema,
} from './document.ts';
export { anyDocumentSchema, documentSchemaOf, secretVariable } from './json-schema.ts';
export {
  type DocumentKindName,
  documentKindNames,
  documentKinds,
  referenceNames,
} from './kinds.ts';
export { fieldProblemOf, secretPathsOf } from './known-fields.ts';
export { type ManagedQuery, type ManagedThing, managedQuerySchema, managedSchema } from './managed.ts';
export { conflictOf, type Managed, nextManaged, otherOwnerOf, released } from './ownership.ts';
