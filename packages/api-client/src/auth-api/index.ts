/** Names what others may use to call Auth API. */
export {
  createClientAdministration,
  createConsoleLink,
  createSignalAdministration,
  createSigningKeyAdministration,
} from './administration.ts';
export { createAdministratorCalls, createAppointmentCalls } from './administrators.ts';
export { readAlerts, testAlerts } from './alerts.ts';
export { createAuditCalls, type SecurityEventFilter } from './audit.ts';
export {
  type AuthApiClient,
  type BrandedPlace,
  createAuthApiClient,
  type InteractionAnswer,
} from './client.ts';
export { createClientToken } from './client-token.ts';
export { createDeletedClientAdministration } from './deleted-clients.ts';
export { createFactorCalls } from './factors.ts';
export {
  clearDelays,
  countFactors,
  countMemberships,
  createHeldSessionCalls,
  dryRunSecondFactor,
  explainSignIn,
  orderRevocation,
  readPersonProfile,
  searchEverywhere,
  searchPeople,
} from './help-desk.ts';
export { readAuthApiOverview } from './overview.ts';
export { searchRefusedRequests } from './refusals.ts';
export {
  checkSingleSignOn,
  createSsoKeyAdministration,
  createSsoTrialCalls,
  trySingleSignOn,
} from './single-sign-on.ts';
export { maxUnlocked, unlockPeople } from './unlock.ts';
