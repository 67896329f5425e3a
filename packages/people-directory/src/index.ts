/** Names what sources of people implement and what their callers use. */
export {
  type ClientErrorCode,
  ConfigServerError,
  type ConfigServerErrorCode,
  isConfigServerError,
  isServerErrorCode,
  retryableByDefault,
  type ServerErrorCode,
  serverErrorCodes,
} from './errors.ts';
export { examineLogin, findTenant } from './login-needs.ts';
export {
  type AccessGroupFilter,
  type CfgAccessGroup,
  cfgAccessGroupSchema,
  namedAccessGroup,
} from './model/access-group.ts';
export { type ApplicationFilter, type CfgApplication, cfgApplicationSchema } from './model/application.ts';
export {
  CfgAccessGroupType,
  CfgAppType,
  CfgFlag,
  CfgObjectState,
  CfgObjectType,
  CfgOperationalMode,
  CfgRank,
  flagIsSet,
  toFlag,
} from './model/enumerations.ts';
export { type CfgFolder, cfgFolderSchema, type FolderFilter } from './model/folder.ts';
export {
  type KeyValue,
  type KeyValueList,
  keyValueListSchema,
  readKeyValue,
} from './model/key-value-list.ts';
export { type CfgPerson, cfgPersonSchema, type PersonFilter } from './model/person.ts';
export {
  beginsWith,
  compareUserNames,
  type FoundPerson,
  type PersonPage,
  type PersonSearch,
  pageOf,
} from './model/person-search.ts';
export { type CfgRole, cfgRoleSchema, type RoleFilter } from './model/role.ts';
export { type CfgTenant, cfgTenantSchema, environmentTenantDbid, type TenantFilter } from './model/tenant.ts';
export { foldSpelling, foldUserName } from './model/user-name.ts';
export type {
  AuthenticatedUser,
  AuthenticateRequest,
  BackendState,
  CallOptions,
  ChangePasswordRequest,
  ListOptions,
  PeopleDirectory,
  PersonChange,
  PersonDelta,
  PersonListener,
} from './people-directory.ts';
