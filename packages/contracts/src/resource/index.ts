/** Names what others may use to describe a resource and to derive forms and schemas from the description. */

/** @public The compiler names it in types that it infers. */
/** @public The compiler names it in types that it infers. */
export type { Field, FieldFacts } from './field.ts';
export { checkedBy, field, type Reference } from './field.ts';
export { type DescribedInput, type DescribedKind, inputsOf, putAt } from './inputs.ts';
export { jsonSchemaOf } from './json-schema.ts';
export { bareOf, changeShape, described, type Fields, initialOf, type Resource } from './resource.ts';
/** @public The compiler names it in types that it infers. */
export type { ShownShape } from './shown.ts';
export { englishTexts, helpKey, labelKey } from './texts.ts';
