/** Names what others may use of texts, numbers and names, wherever they stand. */

export {
  type AssuranceLevel,
  assuranceLevels,
  assuranceNames,
  type CodeKind,
  codeKinds,
  levelOfStepUp,
  reaches,
  stepUpReasonOf,
  strongerOf,
} from './assurance.ts';
export {
  type ContactCenterRight,
  contactCenterRightNames,
  contactCenterRights,
  contactCenterRightsBy,
  contactCenterRightsIn,
} from './contact-center-rights.ts';
/** @public The compiler names it in types that it infers. */
export type { DefinedOnly } from './defined-only.ts';
export { definedOnly } from './defined-only.ts';
export { loginNameOf } from './login-name.ts';
export { entriesOf, originProblem, parseOrigin } from './origin.ts';
export { type ProblemReason, problemReasons } from './problem-reasons.ts';
export { redirectUriProblem } from './redirect-uri.ts';
export { type RefusalReason, refusalReasons } from './refusal-reasons.ts';
export { flag, idSchema, instant, integer, list } from './scalar.ts';
export { anyJson, freeText, label, nameProblem, shownName } from './text.ts';
export { passwordWay, providerProtocols, providerWay, type SignOnProtocol } from './way-of-sign-in.ts';
