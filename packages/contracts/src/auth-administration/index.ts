/** Names what others may use of the endpoints of Auth API for administrators. */
export {
  type AdministratorView,
  type AppointeeView,
  type AppointmentsView,
  administratorSchema,
  appointeeSchema,
  appointingSchema,
  appointmentsSchema,
} from './administrators.ts';
export {
  type AlertChannel,
  type AlertState,
  type AlertTest,
  alertStateSchema,
  alertsPath,
  alertTestSchema,
} from './alerts.ts';
export { type ClientExchanges, clientExchangesSchema } from './client-exchanges.ts';
export {
  type ClientView,
  type ClientWithSecret,
  clientListSchema,
  clientViewSchema,
  clientWithSecretSchema,
} from './client-view.ts';
export {
  type ClientRestoration,
  clientRestorationSchema,
  type DeletedClient,
  deletedClientListSchema,
  deletedClientSchema,
} from './deleted-clients.ts';
export { type Erasure, type ErasureOrder, erasureBodySchema, erasureSchema } from './erasure.ts';
export {
  type FactorCounts,
  type FactorDryRun,
  type FactorOutlook,
  type FactorPreview,
  type FactorVerdict,
  factorCountsSchema,
  factorDryRunBodySchema,
  factorPreviewSchema,
} from './factor-counts.ts';
export {
  type EndedFactors,
  endedDevicesSchema,
  endedFactorsSchema,
  type FactorInvitation,
  type FactorOrder,
  type FactorsOfPerson,
  factorInvitationSchema,
  factorOrderBodySchema,
  factorsOfPersonSchema,
  type HeldFactor,
} from './factors.ts';
export {
  type ClientDiagnosis,
  clearedDelaysSchema,
  clientDiagnosisSchema,
  endedSessionsSchema,
  type PersonName,
  personFields,
  type RevocationAnswer,
  type RevocationOrder,
  type RevocationTarget,
  revocationBodySchema,
  revocationSchema,
  sessionsOfPersonSchema,
} from './help-desk.ts';
export { type MembershipCounts, maxNamedPeople, membershipCountsSchema } from './memberships.ts';
export {
  type AuthApiOverview,
  authApiOverviewPath,
  authApiOverviewQuery,
  authApiOverviewSchema,
  type SignInActivity,
} from './overview.ts';
export {
  isNamePart,
  type ListedPersonView,
  type ListedState,
  listedStates,
  maxPeopleInPage,
  type PeopleEverywhere,
  type PeoplePage,
  type PersonProfile,
  peopleAnswer,
  peopleEverywhereQuerySchema,
  peopleEverywhereSchema,
  peopleQuerySchema,
  personProfileSchema,
} from './people.ts';
export {
  type RefusedRequest,
  refusedRequestsAnswer,
} from './refusals.ts';
export {
  headlineOf,
  type SignInCause,
  type SignInExplanation,
  type SignInState,
  type SignInVerdict,
  signInCauses,
  signInExplanationSchema,
} from './sign-in.ts';
export { type SignalReceiverView, signalReceiverViewSchema, signalTestSchema } from './signal-receivers.ts';
export { type SigningKeyView, signingKeyViewSchema } from './signing-keys.ts';
export {
  oidcDryRunBodySchema,
  type SsoCheck,
  type SsoCheckStep,
  type SsoKeyPurpose,
  type SsoKeyView,
  type SsoTrial,
  type SsoTrialField,
  samlDryRunBodySchema,
  ssoCheckBodySchema,
  ssoCheckSchema,
  ssoKeySchema,
  ssoTrialBodySchema,
  ssoTrialSchema,
  ssoTrialStartSchema,
} from './single-sign-on.ts';
