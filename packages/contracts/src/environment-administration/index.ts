/** Names what others may use of the public endpoints of Environment API. */
export {
  type AnsweredApiKey,
  type ApiKey,
  type ApiKeyPurpose,
  answeredApiKeySchema,
  apiKeySchema,
  type IssuedApiKey,
  type KeyOwner,
  keyOwnerSchema,
} from './api-keys.ts';
export { type AuditEntry, auditEntrySchema } from './audit.ts';
export {
  type Check,
  checkSchema,
  type DiscoveryStep,
  type LoginStep,
  type PeopleStep,
  type ServerCheck,
  type Step,
  type StepName,
  stepNames,
} from './checks.ts';
export {
  type ContactCenter,
  type ContactCenterEnds,
  contactCenterEndsSchema,
  contactCenterSchema,
} from './contact-centers.ts';
export { type CorsEntry, corsAnswer } from './cors.ts';
export {
  type DeletedKind,
  type DeletedObject,
  deletedKinds,
  deletedObjectSchema,
  forgottenSchema,
  type LostSecret,
  type Restoration,
  type Restored,
  restorationSchema,
  restoredSchema,
} from './deleted.ts';
export {
  type ConfigServer,
  configServerSchema,
  type Environment,
  environmentSchema,
} from './environments.ts';
export { type EstateChange, type ImportResult, importAnswer } from './estate.ts';
export { type LocationInUse, locationInUseSchema } from './locations.ts';
export {
  type EnvironmentApiOverview,
  environmentApiOverviewPath,
  environmentApiOverviewSchema,
} from './overview.ts';
export {
  enterpriseUserUrn,
  type IssuedPasswordLink,
  issuedPasswordLinkSchema,
  type NewScimGroup,
  type NewScimUser,
  type NewSignOnLink,
  newSignOnLinkSchema,
  type ScimBulkResult,
  type ScimOperation,
  type ScimPatch,
  type ScimUser,
  type SignOnLink,
  type StoredPerson,
  scimBulkResultSchema,
  scimErrorSchema,
  scimGroupSchema,
  scimUserSchema,
  signOnLinkSchema,
  storedPersonSchema,
} from './people.ts';
export { type Setting, settingSchema, settingsAnswer } from './settings.ts';
