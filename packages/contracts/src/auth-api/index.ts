/** Names what others may use of the endpoints of Auth API for pages and services. */
export {
  type AdministratorPlaceQuestion,
  administratorPlaceQuestionSchema,
  administratorPlaceSchema,
} from './administrator-places.ts';
export {
  type ApprovalList,
  type ApprovalResult,
  type ApprovalView,
  approvalAnswers,
  approvalListSchema,
  approvalResults,
  userCodeFields,
  userCodeLength,
} from './approvals.ts';
export {
  type AdministeredEntity,
  administeredEvents,
  changedEntities,
  eraseAnswer,
  eventsAbout,
  isAdministered,
  type NamedPerson,
  type SecurityEvent,
  securityEventsAnswer,
} from './audit.ts';
export {
  type AuthScheme,
  type AuthSchemeQuestion,
  authSchemeAnswerSchema,
  authSchemeQuestionSchema,
  namedLoginSchema,
  visitorAddressHeader,
} from './auth-scheme.ts';
export { type ConsentView, consentListSchema } from './consents.ts';
export {
  accountPath,
  consoleClientId,
  consoleLinkGrantType,
  consolePath,
  consoleScope,
  contactCenterAdminAuthority,
  loginGrantTypes,
} from './console.ts';
export {
  type ConsoleLink,
  consoleLinkCodePattern,
  consoleLinkParameters,
  consoleLinkPath,
  consoleLinkSchema,
} from './console-link.ts';
export { contactCenterEndSchema, contactCenterEndsPath } from './contact-center-ends.ts';
export {
  type FirstPasswordError,
  type FirstPasswordView,
  firstPasswordCodeSchema,
  firstPasswordErrors,
  firstPasswordFields,
  firstPasswordViewSchema,
} from './first-password.ts';
export {
  changePasswordFields,
  consentAnswers,
  deviceFields,
  passkeySignInPaths,
  signInFields,
} from './form-fields.ts';
export {
  type ForwardedDocuments,
  type ForwardedPlan,
  forwardedDocumentsPath,
  forwardedDocumentsSchema,
  forwardedListSchema,
  forwardedManagedPath,
  forwardedManagedQuery,
  forwardedManagedSchema,
  forwardedPlanSchema,
  isForwarded,
} from './forwarded-documents.ts';
export {
  browserHeader,
  type InteractionError,
  type InteractionView,
  interactionErrorSchema,
  interactionErrors,
  interactionViewSchema,
} from './interaction.ts';
export {
  type IntrospectionActive,
  type IntrospectionRefresh,
  introspectionAnswerSchema,
  managementAuthority,
} from './introspection.ts';
export { type LogoutView, logoutViewSchema } from './logout.ts';
export {
  addedFactorSchema,
  factorNameSchema,
  newFactorSchema,
  type OwnFactors,
  ownFactorsAnswer,
  ownFactorsPath,
  passkeyOptionsSchema,
  recoveryCodesSchema,
  startedAppSchema,
} from './own-factors.ts';
export {
  type AuthenticationAnswer,
  authenticationAnswerSchema,
  jsonField,
  type RegistrationAnswer,
  registrationAnswerSchema,
} from './passkey-answers.ts';
export { type ReplicaNotice, replicaSchema, replicasPath } from './replicas.ts';
export {
  type SecondStepFailure,
  type SecondStepView,
  secondStepFailureSchema,
  secondStepFailures,
  secondStepHeader,
  secondStepPaths,
  secondStepViewSchema,
} from './second-step.ts';
export { type SessionList, type SessionView, sessionListSchema } from './sessions.ts';
