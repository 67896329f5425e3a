/** Names what others may use of the internal endpoints of Environment API. */
export {
  accentContrast,
  type BrandColors,
  brandStyleOf,
  colorPattern,
  nearestAccent,
  neededContrast,
  type Scheme,
  surfaces,
  tokensOf,
} from './brand-colors.ts';
export {
  type BrandImage,
  type BrandingEntry,
  type BrandingView,
  type BrandLink,
  brandingAnswerSchema,
  brandingEntrySchema,
  brandingPreviewSchema,
  brandingViewSchema,
  digestPattern,
  type EffectiveBranding,
  imageContentSchema,
  imagePath,
  imageSchema,
  installationBrandingSchema,
  linkKinds,
  type Notice,
  noticeKinds,
} from './branding.ts';
export {
  type EnvironmentChange,
  type EnvironmentChangesPage,
  type EnvironmentEnd,
  type EnvironmentEntity,
  environmentChangesPageSchema,
  environmentEnds,
  environmentEntities,
} from './changes.ts';
export { type ConfigServerTlsView, tlsClientOf, tlsKeyPlace } from './config-server-tls.ts';
export {
  type ContactCenterView,
  contactCenterViewSchema,
  type EffectiveSettings,
  type EnvironmentContactCenters,
  environmentContactCentersSchema,
  type SubjectScope,
} from './contact-center.ts';
export { type CorsView, corsViewSchema } from './cors.ts';
export {
  bindPasswordPlace,
  type Directory,
  defaultDirectory,
  directories,
  directorySchema,
  isOwnDirectory,
  type KeptElsewhere,
  type LdapSettings,
  type LdapView,
  peopleSources,
} from './directory.ts';
export { domainKey } from './domain.ts';
export {
  type ConfigServerView,
  classicTraceModes,
  type EnvironmentView,
  environmentViewSchema,
  passwordPlace,
} from './environment.ts';
export {
  byPrecision,
  covers,
  locationField,
  locationPattern,
  locationSchema,
  rootLocation,
} from './location.ts';
export {
  everybody,
  type Membership,
  type MembershipKind,
  membershipKinds,
} from './membership.ts';
export {
  environmentsOfPeopleSchema,
  type FollowedChanges,
  type FoundPersonView,
  foundPeopleSchema,
  groupsOfPeopleSchema,
  linkIssuerOf,
  maxGroupsOfPeopleAtOnce,
  maxNumbersAtOnce,
  maxPeopleAtOnce,
  minNamePart,
  numberPeopleBodySchema,
  type PasswordLink,
  type PeopleSort,
  type PersonNumber,
  type PersonView,
  type ProvidedPerson,
  passwordLinkCodeSchema,
  passwordLinkSchema,
  passwordSetSchema,
  peopleNumbersSchema,
  peopleSchema,
  peopleSorts,
  personChangeId,
  personNumbersSchema,
  personPasswordPlace,
  providedPersonSchema,
  readLinkIssuer,
  readPersonChangeId,
  redeemPasswordLinkBodySchema,
  type SignOnPerson,
  setPasswordBodySchema,
  signOnPersonBodySchema,
} from './people.ts';
export { installationProblemsSchema } from './problems.ts';
export {
  isStricter,
  noSecondFactor,
  type SecondFactor,
  type SecondFactorView,
  secondFactorViewSchema,
  strictestOf,
} from './second-factor.ts';
export {
  clientSecretPlace,
  groupMapping,
  type OidcSettings,
  oidcSettingsSchema,
  persistentNameId,
  type SamlSettings,
  type SingleSignOnView,
  samlSettingsSchema,
  singleSignOnViewSchema,
} from './single-sign-on.ts';
