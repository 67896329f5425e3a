/** Names what others may use of the descriptions of resources. */

/** @public The compiler names it in types that it infers. */
export type { Field } from '../resource/field.ts';
export { administrator, type NewAdministrator, newAdministratorSchema } from './administrator.ts';
export {
  type ContentEncryption,
  contentEncryptions,
  type EncryptionAlgorithm,
  encryptionAlgorithms,
  type SigningAlgorithm,
  signingAlgorithms,
} from './algorithms.ts';
export {
  apiKey,
  apiKeyPurposes,
  type NewApiKey,
  newApiKeySchema,
  type Rotation,
  rotationSchema,
} from './api-key.ts';
export { appointment, type NewAppointment, newAppointmentSchema } from './appointment.ts';
export { type BrandingChange, branding, brandingChangeSchema, brandingOf } from './branding.ts';
export {
  type DetailType,
  invisible,
  type MemberKind,
  visibleText,
  visibleTexts,
} from './client/detail-types.ts';
export { anyPublicKey, jwtIssuersOf, keySetOf, publicKeySchema, samlIssuersOf } from './client/issuers.ts';
export {
  clientIdPattern,
  installationAdminAuthority,
  isResourceAddress,
  membershipClaims,
  resourceAddressRule,
  responseTypes,
} from './client/values.ts';
export { type ClientInput, client } from './client.ts';
export {
  type ConfigServerChange,
  configServer,
  configServerChangeSchema,
  configServerListed,
  type NewConfigServer,
  newConfigServerSchema,
  singleConfigServer,
} from './config-server.ts';
export {
  type ContactCenterChange,
  contactCenter,
  contactCenterChangeSchema,
  type NewContactCenter,
  newContactCenterSchema,
} from './contact-center.ts';
export {
  defaultTenant,
  type EnvironmentChange,
  environment,
  environmentChangeSchema,
  type NewEnvironment,
  needsPrimary,
  newEnvironmentSchema,
} from './environment.ts';
export { tlsFields } from './environment-tls.ts';
export {
  builtInText,
  isKnownSetting,
  type KnownSettingName,
  knownSetting,
  knownSettingNames,
  readSetting,
  type SettingValue,
  settingUses,
  storedText,
  textOf,
} from './known-settings.ts';
export { ldapFields } from './ldap.ts';
export { location, newLocationSchema } from './location.ts';
export { type OidcChange, oidc, oidcChangeSchema } from './oidc.ts';
export { newOriginSchema, origin } from './origin.ts';
export {
  type NewPerson,
  newPersonSchema,
  type PersonChange,
  person,
  personChangeSchema,
  personStatus,
} from './person.ts';
export { type SamlChange, saml, samlChangeSchema } from './saml.ts';
export { type NewSetting, newSettingSchema, setting } from './setting.ts';
export { meantSetting, type SettingStanding, settingFacts, standingOf } from './setting-names.ts';
export {
  type NewSignalReceiver,
  newSignalReceiverSchema,
  type SignalReceiverChange,
  signalEvents,
  signalReceiver,
  signalReceiverChangeSchema,
} from './signal-receiver.ts';
export {
  keyIdSchema,
  keyInFile,
  type NewSigningKey,
  newSigningKeySchema,
  signingKey,
} from './signing-key.ts';
