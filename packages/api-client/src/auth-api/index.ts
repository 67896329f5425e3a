/** Names what others may use to call Auth API. */
export {
  checkSingleSignOn,
  createAdministratorCalls,
  createAppointmentCalls,
  createAuditCalls,
  createClientAdministration,
  createConsoleLink,
  createSignalAdministration,
  createSigningKeyAdministration,
  createSsoKeyAdministration,
  type SecurityEventFilter,
} from './administration.ts';
export {
  type AuthApiClient,
  type BrandedPlace,
  createAuthApiClient,
  type InteractionAnswer,
} from './client.ts';
export { createClientToken } from './client-token.ts';
export { createDeletedClientAdministration } from './deleted-clients.ts';
export {
  clearDelays,
  countMemberships,
  createHeldSessionCalls,
  explainSignIn,
  orderRevocation,
  readPersonProfile,
  searchPeople,
} from './help-desk.ts';
export { readAuthApiOverview } from './overview.ts';
