/** Names what others may use to call Environment API. */
export { type BrandingAnswer, createBrandingAdministration } from './branding.ts';
export { createEnvironmentApiClient, type EnvironmentApiClient } from './client.ts';
export {
  type ContactCenterFilter,
  createApiKeyAdministration,
  createContactCenterAdministration,
  createCorsAdministration,
  createSettingAdministration,
} from './contact-centers.ts';
/** @public The compiler names it in types that it infers. */
export type { DeletedFilter } from './deleted.ts';
export { createDeletedAdministration } from './deleted.ts';
export {
  checkEnvironment,
  createEnvironmentAdministration,
  createLocationAdministration,
} from './environments.ts';
export {
  type AuditFilter,
  confirmWaitingDeletions,
  createEstateAdministration,
  type DocumentFormat,
  exportAudit,
  findManaged,
  listAudit,
  namesToType,
  pageOfAudit,
  readWaitingDeletions,
  reshipConfigurationTrail,
  verifyConfigurationTrail,
} from './estate.ts';
/** @public The compiler names it in types that it infers. */
export type { Fetched, ReadOptions, SignOnPlan } from './internal-calls.ts';
export { readEnvironmentApiOverview } from './overview.ts';
export { createPeopleAdministration, type PeopleAdministration } from './people.ts';
export type { PersonQuery } from './people-calls.ts';
export {
  createSingleSignOnAdministration,
  type SignOnRecord,
} from './single-sign-on.ts';
